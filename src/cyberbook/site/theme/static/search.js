// Search over the whole text of the book (search-data.js). Names, numbers and phrases are found as they stand, by
// substring: Japanese has no spaces to cut words at. Anything else is a question: pages are ranked by what readers ask of
// them (questions.csv), a little by how much they say of its terms (BM25 over pairs of letters) and by where they stand.
// Nothing is loaded or stored, so it works from file:// and on a closed network.
"use strict";
(() => {
  const LONGEST = 200; // letters of a query
  const LINE = 12; // letters of what is copied, where it stands as it is
  const MORE = 4; // further places shown of one page
  const MANY = 4; // places on a page, from which on more of them say no more
  const NEAR = 8, NEVER = 9; // other words offered; what is none of them
  const MOST = 8; // pages shown for a question
  // What a word found in the name of a place is worth. Named exactly: 100; row of a table: 34, 26; text: 10.
  // What a hit is worth that was asked for by its name; that a name holds; that all words of several stand in, in names.
  const NAME = 100, CALLED = 34, TOGETHER = 42;
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
    page.answers = page.places.some(({ kind }) => kind === "points"); // others explain, list or check
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
    const kana = /^[ぁ-ゖ]+$/.test(text) ? [text.replace(/./g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 96))] : [];
    const bare = /^\d+億円?$/.test(text) ? [text.match(/^\d+/)[0]] : []; // 1,064億円 is printed as 1,064.0億円
    return [text, ...bare, ...kana, ...known.map(({ short, name }) => text.replace(short, name))];
  };
  const isName = (text) => book.names.includes(text) || book.aliases.some(({ name }) => text === name);
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
      else best = Math.max(best, 10 + ({ points: 6 - number - at / 100, card: 4 }[place.kind] ?? 0));
    });
    return best;
  };
  // What is typed counts a little more than what it may mean.
  const worthAny = (place, word) => Math.max(...word.map((spelling, other) => worth(place, spelling) * (other ? 0.98 : 1)));

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
    for (const hit of hits) {
      hit.weight = hit.places[0].score + hit.page.rank + (/^\d/.test(whole) ? 0 : Math.min(MANY, hit.places.length) / 2);
    }
    return hits.sort((a, b) => b.weight - a.weight);
  };

  // ── questions ──

  const K = 1.2, B = 0.4; // of BM25: when more of the same adds little, and how much length counts
  const FIELD = { page: 3, names: 5, line: 1, points: 1.6, other: 0.5 }; // what a pair of letters counts where
  const TOPIC = 5, OWN = 3; // for a page that a term names, and for a ministry or a measure of its own
  const NAMED = 1.8; // what is called so, beside what speaks of it
  const LEAST = 0.1; // weight of a term that is everywhere (予算)
  const PRIOR = 0.3; // what comes early in the book says it best, the first page of all only points there
  const COVER = 0.55; // of a term that must be there at the least
  // What asks, and says nothing of what is asked for; the longest first.
  const FILLER = new RegExp([
    "おしえて", "教えて", "知りたい", "調べたい", "見たい", "見せて", "ください", "下さい", "ほしい", "欲しい", "でしょうか", "ですか", "ますか",
    "について", "に関する", "に関して", "における", "とは", "って", "という", "どのくらい", "どれくらい", "どれだけ", "どれほど", "いくら", "どこ",
    "どんな", "どの", "どう", "なにか", "なに", "なん", "だれ", "いつ", "何か", "何が", "何を", "何に", "何", "している", "されている", "された", "される", "した",
    "する", "したい", "こと", "もの", "ため", "など", "から", "まで", "より", "です", "ます", "ない", "ある", "いる", "なのか", "のか", "本書", "この本", "この", "その",
    "[のをにはがへともやでかな]",
  ].join("|"), "g");

  // Pairs of letters of Japanese, whole words of Latin letters and numbers.
  const grams = (text) => {
    const found = [];
    for (const [run] of text.matchAll(/[0-9a-z.%]+|[^0-9a-z.% ]+/g)) {
      if (/[0-9a-z]/.test(run[0]) || run.length < 2) found.push(run);
      else for (let at = 1; at < run.length; at++) found.push(run.slice(at - 1, at + 1));
    }
    return found;
  };

  // gram → place → how often, by the weight of the field; made at the first question.
  let made;
  const index = () => {
    if (made) return made;
    const counts = new Map(), lengths = new Map();
    const put = (place, text, weight) => {
      for (const gram of grams(text)) {
        if (!counts.has(gram)) counts.set(gram, new Map());
        const found = counts.get(gram);
        found.set(place, (found.get(place) ?? 0) + weight);
        lengths.set(place, (lengths.get(place) ?? 0) + 1);
      }
    };
    for (const page of book.pages) {
      page.places.forEach((place, number) => {
        put(place, page.folded, number ? FIELD.other : FIELD.page);
        for (const name of new Set(place.names)) put(place, name, FIELD.names);
        for (const line of place.lines) put(place, line.text, place.kind === "points" ? FIELD.points : FIELD.line);
      });
    }
    const mean = [...lengths.values()].reduce((sum, one) => sum + one, 0) / lengths.size;
    const words = [...counts.keys()].filter((gram) => /^[a-z]{4,}$/.test(gram));
    const numbers = [...counts.keys()].filter((gram) => /^\d+\.\d+$/.test(gram));
    return (made = { counts, lengths, mean, words, numbers, size: lengths.size });
  };

  const rarity = (gram) => Math.log(1 + index().size / (0.5 + (index().counts.get(gram)?.size ?? 0)));

  // One letter more, less or another: a slip of the finger in a Latin word.
  const alike = (a, b) => {
    if (Math.abs(a.length - b.length) > 1) return false;
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    return [[1, 1], [1, 0], [0, 1]].some(([x, y]) => a.slice(at + x) === b.slice(at + y));
  };

  // What places say of a spelling: place → score.
  const said = (spelling) => {
    const { counts, lengths, mean, words, numbers } = index();
    const wanted = [...new Set(grams(spelling))];
    const whole = wanted.reduce((sum, gram) => sum + rarity(gram), 0);
    const found = new Map();
    for (const gram of wanted) {
      let near = [gram];
      if (/^\d{2,}$/.test(gram)) near = [gram, ...numbers.filter((number) => number.startsWith(`${gram}.`))];
      else if (!counts.has(gram) && /^[a-z]{4,}$/.test(gram)) near = words.filter((word) => word.startsWith(gram) || alike(word, gram));
      for (const one of near) {
        for (const [place, often] of counts.get(one) ?? []) {
          const part = (often * (K + 1)) / (often + K * (1 - B + (B * lengths.get(place)) / mean));
          const [score, cover] = found.get(place) ?? [0, 0];
          found.set(place, [score + part * rarity(one), cover + rarity(gram)]);
        }
      }
    }
    return new Map([...found].filter(([, [, cover]]) => cover >= COVER * whole)
      .map(([place, [score, cover]]) => [place, (score * Math.min(1, cover / whole) ** 2) / wanted.length]));
  };

  // 七百四十七億円 → 747億円, 令和六年度 → 令和6年度. A single numeral counts where it is one (第三, 六年度), not in 一括 or 四捨五入.
  const DIGITS = "〇一二三四五六七八九", TENS = { 十: 10, 百: 100, 千: 1000 };
  const numerals = (text) => text.replace(/[〇一二三四五六七八九十百千]{2,}(?=[億万円年か月割頁%]|$)|(?<=第|令和|平成)[一二三四五六七八九十]+|[一二三四五六七八九](?=年度|割|億)/gu, (run) => {
    let sum = 0, digit = 0;
    for (const letter of run) {
      if (TENS[letter]) [sum, digit] = [sum + (digit || 1) * TENS[letter], 0];
      else digit = 10 * digit + DIGITS.indexOf(letter);
    }
    return String(sum + digit);
  });

  // The terms of a question, each a list of spellings: names and other names that the book knows, then what is left.
  const terms = (query) => {
    const found = [];
    // A phrase with は asks for something as a whole; it is no name.
    const known = [...book.aliases.flatMap(({ short, name }) => [short, name]), ...book.names].filter((name) => !name.includes("は"));
    known.sort((a, b) => b.length - a.length);
    for (const part of query.split(/[\s、。・？?！!「」『』]+/u)) {
      let rest = fold(numerals(part)).text.replace(/(?<=\d)(?:億円?|兆円?|円)/g, " ");
      for (const name of known) {
        if (name.length > 1 && has(rest, name)) {
          found.push(name);
          rest = rest.replaceAll(name, " ");
        }
      }
      for (const piece of rest.replace(FILLER, " ").split(" ")) {
        for (const [run] of piece.matchAll(/[0-9a-z.%]+|\p{Script=Katakana}{2,}|\p{Script=Han}+\p{Script=Hiragana}{0,2}|\p{Script=Hiragana}{3,}/gu)) {
          if (run.length > 1) found.push(run);
        }
      }
    }
    return [...new Set(found)].map((text) => [
      text, ...(/^\p{Script=Han}{2,}\p{Script=Hiragana}+$/u.test(text) ? [text.replace(/\p{Script=Hiragana}+$/u, "")] : []), // 支払われ: 支払
      ...book.aliases.filter(({ short }) => short === text).map(({ name }) => name),
    ]);
  };

  const MEANS = /とは|って何|ってなに|の意味|何のこと|どういう意味|定義|読み方$/;

  // Pages by what they say of the terms: those that say most first, and of these where it stands together.
  const answer = (words, means) => {
    const scores = words.map((word) => {
      const best = new Map();
      for (const spelling of word) {
        for (const [place, score] of said(spelling)) {
          const own = place.names.includes(spelling) ? NAMED : 1;
          const kind = place.kind !== "term" ? 1 : means ? NAMED : 0.7;
          best.set(place, Math.max(best.get(place) ?? 0, score * own * kind));
        }
      }
      return best;
    });
    const weights = scores.map((best) => Math.max(LEAST, Math.log(index().size / (0.5 + best.size)) - 1));
    const known = words.filter((_, n) => scores[n].size);
    const special = weights.filter((weight) => weight > 1).length;
    const tops = scores.map((best) => Math.max(...best.values(), 0.001));
    const hits = book.pages.map((page) => {
      const rated = page.places.map((place) => ({
        place, score: scores.reduce((sum, best, n) => sum + (weights[n] * (best.get(place) ?? 0)) / tops[n], 0),
      })).filter((hit) => hit.score).sort((a, b) => b.score - a.score);
      const each = scores.map((best) => Math.max(0, ...page.places.map((place) => best.get(place) ?? 0)));
      const spread = each.reduce((sum, one, n) => sum + (weights[n] * one) / tops[n], 0);
      const named = (kinds) => words.filter((word) => word.some((spelling) =>
        page.places.some(({ kind, names }) => kinds.includes(kind) && names.includes(spelling)))).length;
      const topics = TOPIC * named(["page"]) + (special > 1 ? 0 : OWN) * named(["table", "card"]) + (means ? TOPIC * named(["term"]) : 0);
      const missing = words.filter((word, n) => scores[n].size && !each[n]).map(([text]) => text);
      return { page, places: rated, missing, weight: rated.length ? rated[0].score + 0.5 * spread + topics + (page.answers ? PRIOR : 0) * page.rank : 0 };
    });
    return { known, hits: hits.filter(({ weight }) => weight).sort((a, b) => b.weight - a.weight) };
  };

  // Pages by how much of a query stands in the questions that readers ask of them (questions.csv): 1 where all of it does.
  // Every letter of a word counts here beside the pairs: 病院 and 医院, 省庁 and 省.
  const letters = (text) => [...grams(text), ...text.matchAll(/\p{Script=Han}/gu)].map(String);
  let told;
  const asks = () => {
    if (told) return told;
    const pages = book.pages.filter(({ asked }) => asked.length).map((page) => {
      const often = new Map();
      for (const question of page.asked) {
        for (const gram of new Set(letters(fold(question).text))) often.set(gram, (often.get(gram) ?? 0) + 1);
      }
      return { page, often };
    });
    const spread = new Map();
    for (const { often } of pages) for (const gram of often.keys()) spread.set(gram, (spread.get(gram) ?? 0) + 1);
    return (told = { pages, spread });
  };
  const asked = (query) => {
    const { pages, spread } = asks();
    const wanted = letters(fold(numerals(query)).text);
    const rare = (gram) => Math.log(1 + (pages.length - (spread.get(gram) ?? 0) + 0.5) / ((spread.get(gram) ?? 0) + 0.5));
    const all = wanted.reduce((sum, gram) => sum + rare(gram), 0);
    return new Map(pages.map(({ page, often }) => [page, wanted.reduce((sum, gram) => {
      const count = often.get(gram) ?? 0;
      return sum + (rare(gram) * count) / (count + 1);
    }, 0) / (all || 1)]).filter(([, score]) => score));
  };

  // Pages by all that is known: where the words stand, what is said of them, what readers ask. Each list counts by its best.
  const SAID = 0.15, HELD = 0.05, ENOUGH = 0.2; // beside what readers ask; less of a question than this tells nothing
  const together = (query, hits) => {
    const words = terms(query);
    const { known, hits: said } = answer(words, MEANS.test(query));
    const found = new Map();
    const add = (hit, score) => found.set(hit.page, { ...hit, ...found.get(hit.page), score: (found.get(hit.page)?.score ?? 0) + score });
    for (const hit of hits) add(hit, (HELD * hit.weight) / hits[0].weight);
    for (const hit of said) add(hit, (SAID * hit.weight) / said[0].weight);
    for (const [page, score] of asked(query)) {
      if (found.has(page) || score > ENOUGH) add({ page, places: [{ place: page.places[0], score }] }, score);
    }
    const best = [...found.values()].sort((a, b) => b.score - a.score);
    const held = new Set(hits.map(({ page }) => page));
    const shown = best.filter(({ page }) => !held.has(page)).slice(0, MOST);
    return { words, known, hits: best.filter((hit) => held.has(hit.page) || shown.includes(hit)) };
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

  const shown = ({ page, places, missing = [] }, words) => {
    const [best, ...others] = places;
    const item = make("li");
    const title = best.place.kind === "page" ? page.title : `${page.name}：${best.place.title}`;
    item.append(link(best, words, title), marked(make("p", "", { lang: page.lang || "ja" }), reason(best, words), words, 60));
    if (missing.length) item.append(make("p", `この頁にない言葉：${missing.join("、")}`, { className: "more" }));
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
  const help = document.getElementById("search-help"), nearby = document.getElementById("search-near");
  const show = (typed) => {
    const letters = [...typed.trim()];
    const query = letters.slice(0, LONGEST).join("");
    const cut = letters.length > LONGEST ? `長いので、初めの${LONGEST}字で探しました。` : "";
    const ask = (parts) => {
      const words = parts.map(spellings).filter(([text]) => text);
      return { words, hits: words.length ? search(words, fold(query).text) : [] };
    };
    const parts = query.split(/\s+/u);
    const telling = parts.filter((part) => fold(part).text.replace(FILLER, ""));
    let { words, hits } = ask(telling.length ? telling : parts);
    let found = `「${query}」は`, left = "";
    // A name, a number and a line that was copied are what is sought; but where only the first page holds them, it points
    // to the answer.
    const top = hits[0]?.weight ?? 0;
    const whole = top && (parts.length === 1
      ? top >= CALLED || query.length >= LINE || /^[(（]|^約?\d/.test(query.normalize("NFKC")) || isName(fold(query).text)
      : top >= TOGETHER);
    const sure = top >= NAME || (whole && (query.length >= LINE || hits.some(({ page }) => page.rank)));
    if (query && !sure) {
      const exact = hits.length;
      const all = together(query, hits);
      const named = (list) => list.map(([text]) => `「${text}」`).join("");
      if (all.hits.length) [words, hits] = [[...all.known, ...words], all.hits];
      // Not every page of these holds the words.
      if (all.hits.length) found = `「${query}」の言葉か、近い問いの答えが、`;
      if (all.hits.length && !exact) {
        if (all.known.length) found = `そのままの言葉はないので、${named(all.known)}で探しました。`;
        const lost = all.words.filter((word) => !all.known.includes(word));
        if (lost.length) left = `${named(lost)}は見つかりませんでした。`;
      }
    }
    results.replaceChildren(...hits.map((hit) => shown(hit, words)));
    help.hidden = hits.length > 0;
    const others = hits.length || !query ? [] : near(query);
    nearby.hidden = !others.length;
    nearby.replaceChildren("近い言葉：", ...others.flatMap((label, n) => [n ? "、" : "", make("a", label, { href: `?q=${encodeURIComponent(label)}` })]));
    const count = hits.reduce((sum, { places }) => sum + places.length, 0);
    if (!query) status.textContent = "探す言葉を入れてください。";
    else if (!count) status.textContent = `「${query}」は見つかりませんでした。${cut}`;
    else status.textContent = `${found}${hits.length}頁の${count}か所で見つかりました。${left}${cut}`;
    return hits;
  };

  // ── other words ──

  // What can be asked for by its name: chapters, measures, ministries, terms with their readings; and by other words.
  const labels = () => {
    const found = new Map();
    const add = (label, own, other = []) => {
      const { keys, others } = found.get(label) ?? { keys: [], others: [] };
      found.set(label, { label, keys: [...keys, ...own], others: [...others, ...other] });
    };
    for (const { places } of book.pages) {
      for (const { kind, title, names } of places) {
        if (kind === "page") add(title.split(/：|: /)[0], names);
        if (kind === "term" || kind === "card") add(title.replace(/^\(\d+\)-\S+ /, ""), names);
      }
    }
    for (const { short, name, label } of book.aliases) add(label, [name], [short]);
    return [...found.values()];
  };

  // How many pairs of letters two words share, of all they have.
  const likeness = (a, b) => {
    const [one, two] = [new Set(grams(a)), new Set(grams(b))];
    return (2 * [...one].filter((gram) => two.has(gram)).length) / (one.size + two.size || 1);
  };

  const near = (query) => {
    const asked = fold(query).text;
    return labels().map(({ label, keys, others }) => ({ label, score: Math.max(...[...keys, ...others].map((key) => likeness(asked, key))) }))
      .filter(({ score }) => score > 0.2).sort((a, b) => b.score - a.score).slice(0, NEAR).map(({ label }) => label);
  };

  const suggestions = (typed) => {
    const { text } = fold(typed);
    if (!text) return [];
    const rate = (key) => (key === text ? 0 : key.startsWith(text) ? 1 : text.length > 1 && has(key, text) ? 2 : NEVER);
    return labels().map(({ label, keys, others }) =>
      ({ label, rating: Math.min(...keys.map(rate), ...others.map((key) => (key.startsWith(text) ? 1.5 : NEVER))) }))
      .filter(({ rating }) => rating < NEVER).sort((a, b) => a.rating - b.rating || a.label.length - b.label.length)
      .slice(0, NEAR).map(({ label }) => label);
  };

  // A list below the field, by keys or pointer; while an input method composes, the keys are its own.
  const combobox = (field, list) => {
    let active = -1;
    const options = () => [...list.children];
    const close = () => {
      list.hidden = true;
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const choose = (option) => {
      close();
      run(option.textContent);
      field.focus();
    };
    const offer = () => {
      list.replaceChildren(...suggestions(field.value).map((label, n) => {
        const option = make("li", label, { id: `search-suggestion-${n}` });
        option.setAttribute("role", "option");
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(option);
        });
        return option;
      }));
      close();
      list.hidden = !options().length;
      field.setAttribute("aria-expanded", String(!list.hidden));
    };
    field.addEventListener("input", (event) => { if (!event.isComposing) offer(); });
    field.addEventListener("compositionend", offer);
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) choose(options()[active]);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const count = options().length, step = event.key === "ArrowDown" ? 1 : -1;
        active = (active + step + count + (active < 0 && step < 0 ? 1 : 0)) % count;
        options().forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
        field.setAttribute("aria-activedescendant", options()[active].id);
      } else return;
      event.preventDefault();
    });
    field.form.addEventListener("submit", close);
  };

  const book = window.CYBERBOOK;
  if (!book) {
    status.textContent = "検索のためのデータを読み込めませんでした。章の一覧から探してください。";
    return;
  }
  book.aliases = book.aliases.map(([short, name]) => ({ label: name, short: fold(short).text, name: fold(name).text }));
  book.pages.forEach(ready);
  book.names = [...new Set(book.pages.flatMap(({ places }) => places.flatMap(({ kind, names }) =>
    ["card", "term", "page"].includes(kind) ? names : [])))].filter((name) => name.length > 2);
  book.show = show; // for the tests
  const chapters = book.pages.filter(({ places }) => places[0].kind === "page").sort((a, b) => b.rank - a.rank);
  document.getElementById("search-chapters").replaceChildren(...chapters.map((page) => {
    const item = make("li");
    item.append(make("a", page.title, { href: page.page, lang: page.lang || "ja" }));
    return item;
  }));
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
  combobox(document.getElementById("q"), document.getElementById("search-suggestions"));
  run(new URLSearchParams(location.search).get("q") ?? "");
})();
