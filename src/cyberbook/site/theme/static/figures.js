// What figures do beyond their pictures. Values under the pointer, by touch and by key: hot spots over the picture, where its marks stand.
// One stop of the Tab key a figure; arrows go from mark to mark, Escape closes. Without JavaScript the labels stay.
(() => {
  "use strict";
  // The table behind a figure takes its place, and the finding that of the words on how to read the picture.
  // The switch stays under the reader's finger.
  for (const table of document.querySelectorAll("details.cb-data")) {
    const label = table.querySelector("summary");
    const figure = document.getElementById(table.dataset.for);
    const caption = figure?.querySelector(".caption-text");
    const told = [...(caption?.childNodes ?? [])];
    table.addEventListener("toggle", () => {
      const before = label.getBoundingClientRect().top;
      label.textContent = table.open ? "図で見る" : "表で見る";
      figure?.querySelector(".cb-drawing, picture, img")?.toggleAttribute("hidden", table.open);
      if (table.dataset.finding) caption?.replaceChildren(...(table.open ? [table.dataset.finding] : told));
      scrollBy({ top: label.getBoundingClientRect().top - before, behavior: "instant" });
    });
  }
  // A tip leaves at Escape and at a tap anywhere else, whatever opened it.
  const clear = () => { for (const tip of document.querySelectorAll(".cb-tip")) tip.hidden = true; };
  addEventListener("pointerdown", clear);
  addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  for (const list of document.querySelectorAll("[data-marks]")) {
    const image = document.querySelector(`#${CSS.escape(list.dataset.marks)} img`);
    const frame = image?.closest("picture") ?? image;
    if (!frame) continue;
    const drawing = Object.assign(document.createElement("span"), { className: "cb-drawing" });
    frame.replaceWith(drawing);
    const group = Object.assign(document.createElement("span"), { className: "cb-marks" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", list.dataset.label);
    const tip = Object.assign(document.createElement("span"), { className: "cb-tip", hidden: true });
    tip.setAttribute("aria-hidden", "true"); // the mark bears the same words as its name
    drawing.append(frame, group, tip);
    const marks = JSON.parse(list.dataset.values).map(([x, y, width, height, text, ...more], number) => {
      const shape = more.find(Array.isArray), page = more.find((one) => typeof one === "string");
      const mark = page ? Object.assign(document.createElement("a"), { href: page }) : Object.assign(document.createElement("button"), { type: "button" });
      mark.tabIndex = number ? -1 : 0;
      Object.assign(mark.style, { left: `${100 * x}%`, top: `${100 * y}%`, width: `${100 * width}%`, height: `${100 * height}%` });
      if (shape) { // no rectangle: what lies beside it is not it
        mark.className = "cb-shape";
        mark.style.clipPath = `polygon(${shape.map(([a, b]) => `${(100 * (a - x)) / width}% ${(100 * (b - y)) / height}%`)})`;
      }
      mark.setAttribute("aria-label", text);
      group.append(mark);
      return mark;
    });
    let touched; // the mark that was pressed last
    addEventListener("pointerdown", ({ target }) => { if (target !== touched) touched = undefined; });
    const hide = () => { tip.hidden = true; };
    const show = (mark) => {
      tip.textContent = mark.getAttribute("aria-label") + (mark.href ? "（選ぶとこの施策の頁へ）" : "");
      tip.hidden = false;
      const [box, own] = [drawing.getBoundingClientRect(), mark.getBoundingClientRect()];
      const left = own.left - box.left + own.width / 2 - tip.offsetWidth / 2;
      tip.style.left = `${Math.max(0, Math.min(left, box.width - tip.offsetWidth))}px`;
      const above = own.top - box.top - tip.offsetHeight - 4;
      tip.style.top = `${above < 0 ? own.bottom - box.top + 4 : above}px`;
    };
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    for (const [number, mark] of marks.entries()) {
      mark.addEventListener("pointerenter", () => show(mark));
      mark.addEventListener("pointerleave", hide);
      mark.addEventListener("focus", () => show(mark));
      mark.addEventListener("blur", hide);
      // A finger asks first what a mark is, and follows its link when it comes again.
      let seen = true;
      mark.addEventListener("pointerdown", ({ pointerType }) => {
        seen = pointerType === "mouse" || touched === mark;
        touched = mark;
      });
      mark.addEventListener("click", (event) => {
        if (mark.href && !seen) event.preventDefault();
        show(mark);
        seen = true;
      });
      mark.addEventListener("keydown", (event) => {
        const to = marks[event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : number + steps[event.key]];
        if (!to) return;
        event.preventDefault();
        mark.tabIndex = -1;
        to.tabIndex = 0;
        to.focus();
      });
    }
  }
})();
