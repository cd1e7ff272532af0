// 施策一覧 as an explorer: sort, choose, search, add up and take away the table whose columns carry data-choose.
// Columns, areas and ministries are read from the table itself, so that next year's document works as it is.
// Without JavaScript the plain table stays. The page is drawn after this script has run: nothing jumps.
"use strict";
(() => {
  const box = document.querySelector("[data-choose]")?.closest(".cb-table");
  if (!box) return;

  // ── what the table holds ──
  const NONE = "—";
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  // Amounts are printed to one decimal, so whole tenths add up exactly. What is no number, as —, is null.
  const tenths = (text) => {
    const value = Math.round(Number(text.replaceAll(",", "").replace("−", "-")) * 10);
    return Number.isNaN(value) ? null : value;
  };
  const oku = (sum) => (sum / 10).toLocaleString("en", { minimumFractionDigits: 1 });

  const body = box.querySelector("tbody");
  const columns = [...box.querySelectorAll("thead th")].map((th, at) => ({
    th, at, key: th.dataset.key, heading: th.textContent, number: th.classList.contains("num"),
    choose: th.dataset.choose, choices: JSON.parse(th.dataset.choices || "[]"),
  }));
  const amounts = columns.filter((column) => column.number);
  const chosen = columns.filter((column) => column.choose);
  // Rows are picked by a whole cell (防衛省), or by the word it starts with: "(2)" of "(2) 国民の安全・安心".
  const group = (column, text) => column.choices.map((choice) => choice.split(" ")[0]).find((word) => text.startsWith(word)) ?? text;
  const rows = [...body.rows].map((tr) => {
    const texts = [...tr.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
    return {
      tr, texts, folded: texts.map(fold),
      values: columns.map(({ number, at }) => (number ? tenths(texts[at]) : null)),
      groups: columns.map((column) => (column.choose ? group(column, texts[column.at]) : "")),
    };
  });

  // ── the controls ──
  const make = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  };
  const select = (name, label, options) =>
    make("label", {}, label, make("select", { name }, ...options.map(([value, text]) => new Option(text, value))));
  const options = ({ at, choices }) => {
    const counts = new Map();
    for (const { groups } of rows) counts.set(groups[at], (counts.get(groups[at]) ?? 0) + 1);
    const named = (word) => choices.find((choice) => choice.split(" ")[0] === word) ?? word;
    return [["", "すべて"], ...[...counts].map(([word, count]) => [word, `${named(word)}：${count}件`])];
  };
  // Amounts start with the largest, names with the first. "-key" is descending.
  const orders = columns.flatMap(({ key, heading, number }) => {
    const up = [key, `${heading}（${number ? "小さい順" : "昇順"}）`];
    const down = [`-${key}`, `${heading}（${number ? "大きい順" : "降順"}）`];
    return number ? [down, up] : [up, down];
  });
  const search = make("input", { type: "search", name: "q", maxLength: 200 });
  const status = make("p", { role: "status" });
  const button = (text, onclick) => make("button", { type: "button", textContent: text, onclick });
  const form = make("form", { className: "cb-explorer", autocomplete: "off", ariaLabel: "一覧の絞り込みと並べ替え" },
    make("div", { className: "cb-fields" },
      make("label", { className: "wide" }, `${columns[0].heading}名で探す`, search),
      ...chosen.map((column) => select(column.key, column.choose, options(column))),
      select("sort", "並べ替え", [["", "資料の順"], ...orders]),
      make("fieldset", { className: "wide" }, make("legend", { textContent: "額のある欄" }),
        ...amounts.map(({ key, heading }) => make("label", {}, make("input", { type: "checkbox", name: "amount", value: key }), heading)))),
    make("div", { className: "cb-actions" },
      button("表示中をCSVで保存", () => save()), button("表示中をコピー", () => copy()), button("条件を消す", () => { form.reset(); update(); })),
    status,
    make("p", { className: "note", textContent: `合計は、表示している${columns[0].heading}だけを足したものです。表に載らない分があるため、すべてを表示しても総額には届きません。` }));

  const sums = amounts.map(() => make("td", { className: "num" }));
  const foot = make("tr", {}, make("th", { scope: "row", colSpan: columns.length - amounts.length, textContent: "表示中の合計" }), ...sums);
  const sort = form.elements.sort;
  for (const column of columns) {
    const own = orders.filter(([value]) => value.replace("-", "") === column.key);
    const next = () => own[own.findIndex(([value]) => value === sort.value) + 1] ?? ["", "資料の順"];
    column.button = button("", () => { sort.value = next()[0]; update(); });
    column.button.append(...column.th.childNodes);
    column.th.append(column.button);
    column.mark = () => {
      const direction = sort.value === column.key ? "ascending" : sort.value === `-${column.key}` ? "descending" : "none";
      column.th.setAttribute("aria-sort", direction);
      column.button.title = `${next()[1].replace(/.*（(.+)）$/, "$1")}に並べ替える`;
    };
  }

  // ── what is shown ──
  const collator = new Intl.Collator("ja", { numeric: true });
  const sorted = (order) => {
    const column = columns.find(({ key }) => key === order.replace("-", ""));
    if (!column) return rows;
    const { at, number } = column;
    const sign = order.startsWith("-") ? -1 : 1;
    const blank = (row) => row.texts[at] === NONE; // last in both directions
    return rows.toSorted((a, b) =>
      blank(a) - blank(b) || sign * (number ? a.values[at] - b.values[at] : collator.compare(a.folded[at], b.folded[at])));
  };
  let shown = rows;
  let ordered = { by: "", rows };
  let told = "";
  const update = () => {
    const state = new FormData(form);
    const words = fold(state.get("q")).split(/\s+/).filter(Boolean);
    const picks = chosen.filter(({ key }) => state.get(key));
    const needed = amounts.filter(({ key }) => state.getAll("amount").includes(key));
    if (ordered.by !== sort.value) ordered = { by: sort.value, rows: sorted(sort.value) };
    shown = ordered.rows.filter(({ folded, groups, values }) =>
      words.every((word) => folded[0].includes(word)) &&
      picks.every(({ at, key }) => groups[at] === state.get(key)) &&
      needed.every(({ at }) => values[at] !== null));
    body.replaceChildren(...shown.map(({ tr }) => tr));
    const totals = amounts.map(({ at }) => {
      const given = shown.map(({ values }) => values[at]).filter((value) => value !== null);
      return given.length ? oku(given.reduce((sum, value) => sum + value)) : NONE;
    });
    sums.forEach((cell, n) => { cell.textContent = totals[n]; });
    columns.forEach(({ mark }) => mark());
    form.toggleAttribute("data-narrowed", shown.length < rows.length);
    told = `${rows.length}件のうち${shown.length}件を表示しています${sort.value ? `。並びは${sort.selectedOptions[0].text}` : ""}。`;
    told += shown.length ? `合計は${amounts.map(({ heading }, n) => `${heading} ${totals[n]}`).join("、")}（億円）です。` : "条件をゆるめてください。";
    status.textContent = told;
    remember(state);
  };
