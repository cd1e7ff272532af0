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

  // Figures follow the page's colours: its own choice, or that of the system.
  const dark = (media) => { for (const source of document.querySelectorAll("figure source")) source.media = media; };
  const follow = () => dark({ dark: "all", light: "not all" }[document.body.dataset.theme] ?? "(prefers-color-scheme: dark)");
  follow();
  addEventListener("beforeprint", () => dark("not all")); // paper is white
  addEventListener("afterprint", follow);
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
