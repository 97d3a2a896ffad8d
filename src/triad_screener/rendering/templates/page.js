"use strict";

// Numbers are compared as numbers, whatever is written; what is missing comes last.
function sortBy(body, column, sign) {
  const found = [...body.rows].map((row) => {
    const cell = row.cells[column];
    const text = cell.textContent.trim();
    return { row, text, number: Number(cell.dataset.n ?? NaN) };
  });
  const numeric = found.some((line) => !Number.isNaN(line.number));
  const missing = (line) => (numeric ? Number.isNaN(line.number) : !line.text);
  const compare = (a, b) =>
    numeric ? a.number - b.number : a.text.localeCompare(b.text);
  found.sort((a, b) => {
    const last = missing(a) - missing(b);
    return last || missing(a) ? last : sign * compare(a, b);
  });
  body.append(...found.map((line) => line.row));
}

function addButton(table, head, column) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    table.querySelector("[aria-sort]")?.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    sortBy(table.tBodies[0], column, down ? -1 : 1);
  });
}

for (const table of document.querySelectorAll("table:has(thead)")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.textContent) addButton(table, head, column);
  });
}

// Says so where columns lie beyond the edge; at the end nothing fades.
function watch(box) {
  const mark = () => {
    const hidden = box.scrollWidth - box.clientWidth;
    box.classList.toggle("wide", hidden > 1);
    box.classList.toggle("end", hidden - box.scrollLeft <= 1);
  };
  box.addEventListener("scroll", mark, { passive: true });
  new ResizeObserver(mark).observe(box);
}

document.querySelectorAll(".scroll").forEach(watch);
