// What every page does beyond plain HTML and furo: drawers that close, copying a table, a link to one figure.
// Without JavaScript all of it is simply absent; nothing on a page depends on it.
(() => {
  "use strict";
  // The drawers of a narrow page are targets of links; Escape leaves them.
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash.startsWith("#cb-")) location.hash = "cb-closed";
  });

  // The list of chapters shows where one is.
  const here = document.querySelector(".sidebar-tree .current-page");
  const list = here?.closest(".sidebar-scroll");
  if (here) list.scrollTop = here.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;

  // Figures follow the page's colours: its own choice, or that of the system. Paper is white: a dark page holds the
  // light drawings too, which the style sheet shows in print, because a picture that is only then fetched comes too late.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paper = () => {
    for (const image of document.querySelectorAll("figure picture > img")) {
      const picture = image.parentElement;
      if (picture.nextElementSibling?.className === "cb-paper") continue;
      picture.after(Object.assign(new Image(), { className: "cb-paper", alt: "", src: image.src }));
    }
  };
  const follow = () => {
    const theme = document.body.dataset.theme;
    const media = { dark: "all", light: "not all" }[theme] ?? "(prefers-color-scheme: dark)";
    for (const source of document.querySelectorAll("figure source")) source.media = media;
    if (theme !== "dark" && (theme === "light" || !system.matches)) return;
    if (document.readyState === "complete") paper(); else addEventListener("load", paper, { once: true });
  };
  follow();
  system.addEventListener("change", follow);
  new MutationObserver(follow).observe(document.body, { attributeFilter: ["data-theme"] });

  // Buttons that copy: a table as tab-separated text for Excel, or the address of one figure or table.
  const copy = async (text) => {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
    const area = Object.assign(document.createElement("textarea"), { value: text }); // file:// in older browsers
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("copy");
  };
  const table = (id) =>
    [...document.querySelectorAll(`#${CSS.escape(id)} tr:not([hidden])`)]
      .map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n");
  for (const item of document.querySelectorAll("[data-copy]")) {
    item.hidden = false;
    const label = item.textContent;
    const [done, failed] = item.closest("[lang=en]") ? ["Copied", "Cannot copy"] : ["コピーしました", "コピーできません"];
    item.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        await copy(item.dataset.copy === "link" ? item.href : table(item.dataset.copy));
        item.textContent = done;
      } catch {
        item.textContent = failed;
      }
      setTimeout(() => { item.textContent = label; }, 2000);
    });
  }
})();
