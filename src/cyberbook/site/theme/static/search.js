// Search over the whole text of the book (search-data.js), by substring: Japanese has no spaces to cut words at.
// Nothing is loaded or stored, so it works from file:// and on a closed network.
"use strict";
(() => {
  const LONGEST = 200; // letters of a query
  const MORE = 4; // further places shown of one page
  // What a word found in the name of a place is worth. Named exactly: 100; row of a table: 34, 26; text: 10.
  const WORTH = { page: 60, card: 56, term: 50, points: 44, section: 44, table: 38 };

  // One spelling for what reads the same: width, case, long marks, dots, brackets, commas in numbers, spaces.
  // ２，１２６．２ = 2126.2, ｻｲﾊﾞｰ = サイバー, サーバー = サーバ, 16ヶ月 = 16か月. Says where each letter stood, too.
  const fold = (raw) => {
    let text = "", gap = "";
    const from = [], to = [];
    const add = (letters, index, end) => {
      text += letters;
      for (let unit = 0; unit < letters.length; unit++) from.push(index), to.push(end);
    };
    for (const { 0: piece, index } of raw.matchAll(/.[\u3099\u309a\uff9e\uff9f]*/gsu)) {
      for (const letter of piece.normalize("NFKC").toLowerCase()) {
        if (letter === "ー" || (letter === "," && /\d$/.test(text))) continue;
        if (!/[\p{L}\p{N}%]/u.test(letter)) {
          gap = letter === "." && /\d$/.test(text) && !gap ? "." : " ";
          continue;
        }
        // Between two Latin words or two numbers something remains; elsewhere nothing does.
        if (gap && /[0-9a-z]$/.test(text) && /[0-9a-z]/.test(letter)) {
          add(gap === "." && !/\d/.test(letter) ? " " : gap, index, index);
        }
        gap = "";
        if (/[月年国所]/.test(letter)) text = text.replace(/([\d数何])[ヶヵケカ箇]$/, "$1か");
        add(letter, index, index + piece.length);
      }
    }
    return { raw, text, from, to };
  };

  // A number is found whole (1.3 is not in 21.3), and so is an abbreviation (DA is not in data).
  const splits = (pair, word) => /^[\d.]\d$/.test(pair) || (word.length < 4 && /^[a-z][a-z]$/.test(pair));
  const find = (text, word, start = 0) => {
    for (let at = text.indexOf(word, start); at >= 0; at = text.indexOf(word, at + 1)) {
      const end = at + word.length;
      if (!splits(text.slice(Math.max(0, at - 1), at + 1), word) && !splits(text.slice(end - 1, end + 1), word)) return at;
    }
    return -1;
  };
  const has = (text, word) => find(text, word) >= 0;

  const ready = (page) => {
    page.name = page.title.split(/：|: /)[0];
    page.folded = fold(page.title).text;
    for (const place of page.places) {
      place.page = page;
      place.folded = fold(place.title).text;
      place.names = [place.title, ...place.names].map((name) => fold(name).text);
      place.lines = place.text.split("\n").map((line) => ({
        ...fold(line.replaceAll("\t", "　")),
        head: place.kind === "table" ? fold(line.split("\t")[0]).text : "",
      }));
    }
  };

  // A word is a list of spellings: as typed, and with the name that the book uses for it (経産省, METI, R6).
  const spellings = (word) => {
    const { text } = fold(word);
    const known = book.aliases.filter(({ short }) => has(text, short));
    return [text, ...known.map(({ short, name }) => text.replace(short, name))];
  };
  const hasAny = (text, word) => word.some((spelling) => has(text, spelling));

  const worth = (place, spelling) => {
    let best = 0;
    for (const name of place.names) {
      if (name === spelling) best = Math.max(best, 100 + WORTH[place.kind] / 10);
      else if (has(name, spelling)) best = Math.max(best, WORTH[place.kind] + (10 * spelling.length) / name.length);
    }
    if (best) return best;
    place.lines.forEach((line, number) => {
      const at = find(line.text, spelling);
      if (at < 0) return;
      // A row is about what it is called; a number in its name is one like any other.
      if (line.head && !/^[\d.]/.test(spelling) && has(line.head, spelling)) best = Math.max(best, line.head === spelling ? 34 : 26);
      // The 要点 say it best, and the first of them first; a card says more than a table.
      else best = Math.max(best, 10 + ({ points: 6 - number - at / 100, card: 2 }[place.kind] ?? 0));
    });
    return best;
  };
  const worthAny = (place, word) => Math.max(...word.map((spelling) => worth(place, spelling)));

  const score = (place, words, whole) => {
    const each = words.map((word) => worthAny(place, word));
    // Every word stands here, or in the title of the page; and not all of them there.
    if (!each.some(Boolean) || words.some((word, n) => !each[n] && !hasAny(place.page.folded, word))) return 0;
    const mean = each.reduce((sum, one) => sum + one) / each.length;
    if (words.length === 1) return mean;
    const together = place.lines.some((line) => words.every((word) => hasAny(line.text, word)));
    const phrase = worth(place, whole);
    return Math.max(mean, phrase) + (phrase ? 10 : 0) + (together ? 8 : 0);
  };

  // Pages with the places on them that hold all words, the best first. Where no place does, pages that do.
  const search = (words, whole) => {
    const rate = (rating) => book.pages.map((page) => {
      const rated = page.places.map((place) => ({ place, score: rating(place) })).filter((hit) => hit.score);
      return { page, places: rated.sort((a, b) => b.score - a.score) };
    });
    let hits = rate((place) => score(place, words, whole)).filter(({ places }) => places.length);
    if (!hits.length) {
      hits = rate((place) => Math.max(...words.map((word) => worthAny(place, word)))).filter(({ places }) =>
        words.every((word) => places.some(({ place }) => worthAny(place, word))));
    }
    const weight = ({ page, places }) => places[0].score + page.rank;
    return hits.sort((a, b) => weight(b) - weight(a));
  };

  // ── what the reader sees ──

  const make = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);

  // Text with its words marked; only ever made of text nodes, so that a query is never markup.
  const marked = (node, { raw, text, from, to }, words, around = 0) => {
    const spots = [];
    for (const word of words.flat()) {
      for (let at = find(text, word); at >= 0; at = find(text, word, at + word.length)) {
        spots.push([from[at], to[at + word.length - 1]]);
      }
    }
    spots.sort((a, b) => a[0] - b[0]);
    const first = around ? Math.max(0, (spots[0]?.[0] ?? 0) - around / 2) : 0;
    const last = around ? Math.min(raw.length, first + 2 * around) : raw.length;
    let at = first;
    node.append(first ? "…" : "");
    for (const [start, end] of spots) {
      if (start < at || end > last) continue;
      node.append(raw.slice(at, start), make("mark", raw.slice(start, end)));
      at = end;
    }
    node.append(raw.slice(at, last), last < raw.length ? "…" : "");
    return node;
  };

  const link = ({ place }, words, title) =>
    marked(make("a", "", { href: `${place.page.page}#${place.at}`, lang: place.page.lang || "ja" }), fold(title), words);

  // The line that says why: the one with most of the words that the title does not say already.
  const reason = ({ place }, words) => {
    const open = words.filter((word) => !hasAny(place.folded, word));
    const count = (line) => open.filter((word) => hasAny(line.text, word)).length;
    const lines = place.lines.filter((line) => line.raw);
    return lines.reduce((best, line) => (count(line) > count(best) ? line : best), lines[0] ?? fold(""));
  };

  const shown = ({ page, places }, words) => {
    const [best, ...others] = places;
    const item = make("li");
    const title = best.place.kind === "page" ? page.title : `${page.name}：${best.place.title}`;
    item.append(link(best, words, title), marked(make("p", "", { lang: page.lang || "ja" }), reason(best, words), words, 60));
    if (others.length) {
      const more = make("p", "この頁のほかの箇所：", { className: "more" });
      others.slice(0, MORE).forEach((hit, n) => more.append(n ? "、" : "", link(hit, words, hit.place.title)));
      if (others.length > MORE) more.append(` ほか${others.length - MORE}か所`);
      item.append(more);
    }
    return item;
  };

  const status = document.getElementById("search-status");
  const results = document.getElementById("search-results");
  const help = document.getElementById("search-help");
  const show = (typed) => {
    const letters = [...typed.trim()];
    const query = letters.slice(0, LONGEST).join("");
    const cut = letters.length > LONGEST ? `長いので、初めの${LONGEST}字で探しました。` : "";
    const ask = (parts) => {
      const words = parts.map(spellings).filter(([text]) => text);
      return { parts, words, hits: words.length ? search(words, fold(query).text) : [] };
    };
    let { parts, words, hits } = ask(query.split(/\s+/u));
    let found = `「${query}」は`;
    if (!hits.length) { // RMFとは, 経産省の予算: what is left without the particles
      ({ parts, words, hits } = ask(query.split(/[\sのをにはがとでへも、。]+/u).filter((part) => /[^\p{Script=Hiragana}]./u.test(part))));
      if (hits.length) found += `そのままではありませんが、${parts.map((part) => `「${part}」`).join("と")}が`;
    }
    results.replaceChildren(...hits.map((hit) => shown(hit, words)));
    help.hidden = hits.length > 0;
    const count = hits.reduce((sum, { places }) => sum + places.length, 0);
    if (!query) status.textContent = "探す言葉を入れてください。";
    else if (!count) status.textContent = `「${query}」は見つかりませんでした。${cut}`;
    else status.textContent = `${found}${hits.length}頁の${count}か所で見つかりました。${cut}`;
    return hits;
  };

  const book = window.CYBERBOOK;
  if (!book) {
    status.textContent = "検索のためのデータを読み込めませんでした。章の一覧から探してください。";
    return;
  }
  book.aliases = book.aliases.map(([short, name]) => ({ short: fold(short).text, name: fold(name).text }));
  book.pages.forEach(ready);
  book.show = show; // for the tests
  const fields = [...document.querySelectorAll("form[role=search] input[name=q]")];
  const run = (query) => {
    for (const field of fields) field.value = query;
    show(query);
  };
  for (const field of fields) {
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(field.value);
      try { history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`); } catch { /* not from every file:// */ }
    });
  }
  run(new URLSearchParams(location.search).get("q") ?? "");
})();
