"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const rows = all("tbody tr:not(.family)");
  const text = one("#text"), tip = one("#tip"), dialog = one("#detail");

  // Filters: a row stays if it has the words and, in a shown backend, one of the pressed statuses.
  const words = new Map(rows.map((row) => [row, one("th", row).textContent.toLowerCase()]));
  function filter() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const pressed = all(".chip[aria-pressed=true]").map((chip) => chip.dataset.filter);
    const away = new Set(all("[data-show]").filter((box) => !box.checked).map((box) => box.dataset.show));
    for (const cell of all("table [data-b]")) cell.hidden = away.has(cell.dataset.b);
    let count = 0;
    for (const row of rows) {
      const found = all("td", row).filter((cell) => !cell.hidden).flatMap((cell) => cell.dataset.status.split(" "));
      const fits = wanted.every((word) => words.get(row).includes(word));
      row.hidden = !(fits && (!pressed.length || pressed.some((status) => found.includes(status))));
      count += !row.hidden;
    }
    for (const body of all("tbody")) body.hidden = !all("tr:not(.family)", body).some((row) => !row.hidden);
    one("#shown").textContent = count === rows.length ? "" : `${count} of ${rows.length} laws`;
    one("#none").hidden = count > 0;
    roam(null);
  }
  one(".filters").addEventListener("submit", (event) => event.preventDefault());
  text.addEventListener("input", filter);
  for (const box of all("[data-show]")) box.addEventListener("change", filter);
  for (const chip of all(".chip")) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }

  // Keys: the table is one stop of the Tab key, arrows move inside it.
  function grid() {
    return rows.filter((row) => !row.hidden).map((row) => all("td", row).filter((cell) => !cell.hidden));
  }
  function roam(cell) {
    for (const other of all(".cell")) other.tabIndex = -1;
    const first = cell || one(".cell", grid().flat().find((td) => one(".cell", td)) || document.createElement("td"));
    if (first) first.tabIndex = 0;
  }
  one("table").addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const td = event.target.closest("td");
    if (!step || !td) return;
    event.preventDefault();
    const cells = grid();
    let y = cells.findIndex((row) => row.includes(td)), x = cells[y].indexOf(td);
    do {
      y += step[0];
      x += step[1];
    } while (cells[y] && cells[y][x] && !one(".cell", cells[y][x]));
    const next = cells[y] && cells[y][x] && one(".cell", cells[y][x]);
    if (next) next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (event.key === "/" && !event.target.closest("input, dialog")) {
      event.preventDefault();
      text.focus();
    }
  });

  // What a cell is about: beside it when pointed at or focused.
  function show(cell) {
    const about = one(".about", cell.parentElement);
    tip.replaceChildren(...[...about.cloneNode(true).childNodes]);
    tip.hidden = false;
    const at = cell.getBoundingClientRect(), size = tip.getBoundingClientRect();
    const below = at.bottom + 4 + size.height < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - size.height - 4)}px`;
    cell.setAttribute("aria-describedby", "tip");
  }
  function hide() {
    tip.hidden = true;
  }
  for (const cell of all(".cell")) {
    cell.addEventListener("mouseenter", () => show(cell));
    cell.addEventListener("mouseleave", hide);
    cell.addEventListener("focus", () => {
      roam(cell);
      show(cell);
    });
    cell.addEventListener("blur", hide);
    cell.addEventListener("click", (event) => {
      event.preventDefault();
      open(cell);
    });
  }
  addEventListener("scroll", hide, { passive: true });

  // All of it, with the failures in full: in a dialog, so that the place in the table is kept.
  function open(cell) {
    hide();
    const td = cell.closest("td"), head = one("th", td.parentElement);
    one("#detail-title").textContent = `${one(".id", head).textContent} ${one(".title", head).textContent}`;
    const parts = [one(".sentence", head), one(".about", td)].filter(Boolean).map((part) => part.cloneNode(true));
    if (cell.hash) {
      parts.at(-1).classList.add("whole");
      parts.push(document.getElementById(cell.hash.slice(1)).cloneNode(true));
    }
    for (const part of parts) {
      part.hidden = false;
      part.removeAttribute("id");
    }
    one("#detail-body").replaceChildren(...parts);
    dialog.showModal();
    dialog.scrollTop = 0;
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  // Links to a failure open it.
  function reveal() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const around = target && target.closest("details");
    if (around) {
      for (let outer = around; outer; outer = outer.parentElement.closest("details")) outer.open = true;
      target.scrollIntoView();
    }
  }
  addEventListener("hashchange", reveal);

  async function copy(button) {
    const code = one("code", button.parentElement);
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // no clipboard here: ready for the keyboard
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy replay line"), 2000);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
  });

  filter();
  reveal();
})();
