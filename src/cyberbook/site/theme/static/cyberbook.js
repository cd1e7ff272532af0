// What every page does beyond plain HTML: colours, the menu on a phone, copying a table, a link to one figure.
// Without JavaScript all of it is simply absent; nothing on a page depends on it.
"use strict";
(() => {
  const root = document.documentElement;

  // Colours: follow the system, or light, or dark. Storage may be blocked; then the choice lasts for the page.
  const button = document.querySelector(".theme");
  const modes = [["", "配色：自動"], ["light", "配色：明"], ["dark", "配色：暗"]];
  const show = () => {
    const at = modes.findIndex(([mode]) => mode === (root.dataset.theme || ""));
    button.textContent = modes[at][1];
    button.onclick = () => {
      const mode = modes[(at + 1) % modes.length][0];
      if (mode) root.dataset.theme = mode;
      else delete root.dataset.theme;
      try { mode ? localStorage.setItem("cyberbook-theme", mode) : localStorage.removeItem("cyberbook-theme"); } catch { /* blocked */ }
      show();
    };
  };
  show();
  button.hidden = false;

  // The list of chapters on a narrow page is a :target; Escape closes it.
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#chapters") location.hash = "";
  });

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
