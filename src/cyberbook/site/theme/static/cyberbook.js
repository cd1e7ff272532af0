// What every page does beyond plain HTML and furo: drawers that close, copying a table, a link to one figure.
// Without JavaScript all of it is simply absent; nothing on a page depends on it.
(() => {
  "use strict";
  // The drawers on a narrow page: Escape closes them, and so does going to a place on the page.
  const drawers = document.querySelectorAll(".sidebar-toggle");
  const close = () => drawers.forEach((drawer) => { drawer.checked = false; });
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  document.querySelector(".toc-tree")?.addEventListener("click", close);

  // The list of chapters shows where one is.
  const here = document.querySelector(".sidebar-tree .current-page");
  if (here) here.closest(".sidebar-scroll").scrollTop = here.offsetTop - 80;

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
