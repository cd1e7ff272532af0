// 施策一覧, or any table that offers a choice, as an explorer: sort, pick, search, add up and take away the rows of the table that has data-choose.
// Columns, areas and ministries are read from the table itself, so that next year's document works as it is.
// Without JavaScript the plain table stays. The page is first drawn after this script has run: nothing jumps.
"use strict";
(() => {
  const box = document.querySelector("[data-choose]")?.closest(".cb-table");
  if (!box) return;

  // ── what the table holds ──
  const NONE = "—";
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const body = box.querySelector("tbody");
  // Amounts are printed to so many decimals; as whole numbers of the last one they add up exactly. What is no number is null.
  const decimals = Math.max(1, ...[...body.querySelectorAll("td.num")].map((td) => td.textContent.trim().split(".")[1]?.length ?? 0));
  const scaled = (text) => {
    const value = Math.round(Number(text.replaceAll(",", "").replace("−", "-")) * 10 ** decimals);
    return Number.isNaN(value) ? null : value;
  };
  const columns = [...box.querySelectorAll("thead th")].map((th, at) => ({
    th, at, heading: th.textContent, key: th.dataset.key, number: th.classList.contains("num"),
    choose: th.dataset.choose, choices: JSON.parse(th.dataset.choices || "[]"),
  }));
  const amounts = columns.filter((column) => column.number);
  const chosen = columns.filter((column) => column.choose);
  // A row is picked by its whole cell (防衛省), or by the word the cell starts with: (2)-⑪ is in "(2) 国民の安全・安心".
  const word = (choice) => choice.split(" ")[0];
  const group = ({ choices }, text) => word(choices.find((choice) => text.startsWith(word(choice))) ?? text);
  const rows = [...body.rows].map((tr) => {
    const texts = [...tr.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
    return {
      tr, texts, folded: texts.map(fold),
      values: columns.map(({ number, at }) => (number ? scaled(texts[at]) : null)),
      groups: columns.map((column) => (column.choose ? group(column, texts[column.at]) : "")),
    };
  });

  // ── controls ──
  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const button = (text, act) => {
    const node = make("button", { type: "button" }, text);
    node.addEventListener("click", act);
    return node;
  };
  const select = (name, label, options) =>
    make("label", {}, label, make("select", { name }, ...options.map(([value, text]) => new Option(text, value))));
  const groups = ({ at, choices }) => {
    const counts = new Map();
    for (const row of rows) counts.set(row.groups[at], (counts.get(row.groups[at]) ?? 0) + 1);
    const named = (name) => choices.find((choice) => word(choice) === name) ?? name;
    return [["", "すべて"], ...[...counts].map(([name, count]) => [name, `${named(name)}（${count}件）`])];
  };
  // What the buttons in the head go through: amounts from the largest, texts from the first, then as printed.
  const ofMeasures = columns[0].heading === "施策";
  const PRINTED = { value: "", name: ofMeasures ? "資料の順" : "はじめの順" };
  for (const column of columns) {
    const up = { value: column.key, name: column.number ? "小さい順" : "昇順", aria: "ascending" };
    const down = { value: `-${column.key}`, name: column.number ? "大きい順" : "降順", aria: "descending" };
    column.orders = column.number ? [down, up] : [up, down];
  }
  const search = make("input", { type: "search", name: "q", maxlength: 200 });
  const sorting = select("sort", "並べ替え", [[PRINTED.value, PRINTED.name],
    ...columns.flatMap(({ heading, orders }) => orders.map(({ value, name }) => [value, `${heading}の${name}`]))]);
  const sort = sorting.querySelector("select");
  const status = make("p", { role: "status", "aria-live": "polite" });
  const form = make("form", { class: "cb-explorer", "aria-label": "一覧の絞り込みと並べ替え", autocomplete: "off" },
    make("div", { class: "cb-fields" },
      make("label", {}, ofMeasures ? "施策名で探す" : `${columns[0].heading}の名前で探す`, search),
      ...chosen.map((column) => select(column.key, column.choose, groups(column))),
      sorting,
      ...(amounts.length > 1 ? [make("fieldset", {}, make("legend", {}, "額のある欄"),
        ...amounts.map(({ key, heading }) => make("label", {}, make("input", { type: "checkbox", name: "amount", value: key }), heading)))] : [])),
    status,
    make("div", { class: "cb-actions" },
      button("条件を消す", () => { form.reset(); update(); }),
      button("表示中をCSVで保存", () => save()),
      button("表示中をコピー", () => copy())),
    make("p", { class: "cb-note" }, ofMeasures
      ? "合計は、表示している施策だけを足したものです。施策名のない額は入っていないので、資料の総額ではありません。"
      : "合計は、表示している行を足したものです。"));

  const sums = amounts.map(() => make("td", { class: "num" }));
  const foot = make("tfoot", {},
    make("tr", {}, make("th", { scope: "row", colspan: columns.length - amounts.length }, "表示中の合計"), ...sums));
  for (const column of columns) {
    const at = () => column.orders.findIndex(({ value }) => value === sort.value);
    const next = () => column.orders[at() + 1] ?? PRINTED;
    const head = button("", () => { sort.value = next().value; update(); });
    head.append(...column.th.childNodes);
    column.th.append(head);
    column.mark = () => {
      column.th.setAttribute("aria-sort", column.orders[at()]?.aria ?? "none");
      head.title = `${next().name}に並べ替える`;
    };
  }

  // ── what is shown ──
  const collator = new Intl.Collator("ja", { numeric: true });
  const sorted = (order) => {
    const column = columns.find(({ orders }) => orders.some(({ value }) => value === order));
    if (!column) return rows;
    const { at, number } = column;
    const sign = order.startsWith("-") ? -1 : 1;
    const blank = (row) => (number ? row.values[at] === null : row.texts[at] === NONE); // last in both directions
    const compare = number ? (a, b) => a.values[at] - b.values[at] : (a, b) => collator.compare(a.folded[at], b.folded[at]);
    return [...rows].sort((a, b) => blank(a) - blank(b) || sign * compare(a, b));
  };
  let ordered = { by: PRINTED.value, rows };
  let shown = rows;
  let summary = [];
  const tell = (more) => status.replaceChildren(...summary, more);
  const update = () => {
    const state = new FormData(form);
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const picks = chosen.filter(({ key }) => state.get(key));
    const needed = amounts.filter(({ key }) => state.getAll("amount").includes(key));
    if (ordered.by !== sort.value) ordered = { by: sort.value, rows: sorted(sort.value) };
    shown = ordered.rows.filter((row) =>
      words.every((part) => row.folded[0].includes(part)) &&
      picks.every(({ at, key }) => row.groups[at] === state.get(key)) &&
      needed.every(({ at }) => row.values[at] !== null));
    body.replaceChildren(...shown.map(({ tr }) => tr));
    const totals = amounts.map(({ at }) => {
      const printed = shown.map(({ values }) => values[at]).filter((value) => value !== null);
      const sum = printed.reduce((a, b) => a + b, 0) / 10 ** decimals;
      return printed.length ? sum.toLocaleString("en", { minimumFractionDigits: decimals }) : NONE;
    });
    sums.forEach((cell, n) => { cell.textContent = totals[n]; });
    columns.forEach(({ mark }) => mark());
    form.toggleAttribute("data-narrowed", shown.length < rows.length);
    summary = [rows.length === shown.length ? `${rows.length}件すべてを表示しています。` : `${rows.length}件のうち${shown.length}件を表示しています。`];
    if (!shown.length) summary.push("条件をゆるめてください。");
    else summary.push("合計（億円）は、", ...amounts.map(({ heading }, n) => make("span", {}, `${heading} ${totals[n]}${amounts[n + 1] ? "、" : "です。"}`)));
    tell("");
    remember(state);
  };

  // ── a view has an address: #tab-measures?ministry=…&sort=-current ──
  const prefix = `#${box.id}?`;
  const remember = (state) => {
    const query = new URLSearchParams([...state].filter(([, value]) => value)).toString();
    if (!query && !location.hash.startsWith(prefix)) return; // an anchor of the page stays
    try { history.replaceState(history.state, "", query ? prefix + query : location.href.split("#")[0]); } catch { /* refused */ }
  };
  const restore = () => {
    if (!location.hash.startsWith(prefix)) return false;
    const wanted = new URLSearchParams(location.hash.slice(prefix.length));
    for (const field of form.querySelectorAll("input, select")) {
      const value = wanted.get(field.name) ?? "";
      if (field.type === "checkbox") field.checked = wanted.getAll(field.name).includes(field.value);
      else field.value = value.slice(0, search.maxLength);
      if (field.selectedIndex === -1) field.selectedIndex = 0; // the table has no such choice
    }
    update();
    form.scrollIntoView({ behavior: "instant" });
    return true;
  };

  // ── to take away ──
  // A cell that a spreadsheet would run as a formula becomes text.
  const harmless = (text) => (/^[=+\-@]/.test(text.normalize("NFKC")) ? `'${text}` : text);
  const lines = () => [columns.map(({ heading }) => heading), ...shown.map(({ texts }) => texts)].map((line) => line.map(harmless));
  const save = () => {
    const quoted = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const csv = lines().map((line) => `${line.map(quoted).join(",")}\n`).join("");
    const href = URL.createObjectURL(new Blob(["\ufeff", csv], { type: "text/csv" })); // Excel needs the mark
    make("a", { href, download: `${box.id}-shown.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  };
  const copy = async () => {
    const text = lines().map((line) => line.join("\t")).join("\n");
    const fill = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); };
    try {
      if (navigator.clipboard && isSecureContext) await navigator.clipboard.writeText(text);
      else { // plain http on a closed network
        addEventListener("copy", fill);
        if (!document.execCommand("copy")) throw new Error("copy");
      }
      tell(`表示中の${shown.length}件をコピーしました。`);
    } catch {
      tell("コピーできませんでした。表を選んでコピーしてください。");
    } finally {
      removeEventListener("copy", fill);
    }
  };

  // ── events: once per frame however fast one types, and never in the middle of a Japanese word ──
  let frame = 0;
  const soon = (event) => {
    if (event.isComposing) return;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(update);
  };
  form.addEventListener("input", soon);
  form.addEventListener("compositionend", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", restore);
  body.after(foot);
  box.before(form);
  if (!restore()) update();
})();
