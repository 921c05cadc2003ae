
"use strict";
// The page is whole without this: it makes the tables sortable and searchable, and asks nobody for anything.
const keyOf = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
const compare = (a, b) => {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "zh") : x - y;
};

function sort(table, head) {
  const descending = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const column = head.cellIndex;
  const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row, column), row]);
  const empty = rows.filter(([key]) => key === "" || key === "—");
  const filled = rows.filter(([key]) => key !== "" && key !== "—");
  filled.sort((a, b) => (descending ? compare(b[0], a[0]) : compare(a[0], b[0])));
  table.tBodies[0].append(...[...filled, ...empty].map(([, row]) => row));
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const head of table.tHead.querySelectorAll("th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.title = "点击排序";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(table, head));
    head.replaceChildren(button);
  }
}

const rows = [...document.querySelectorAll("table.sortable > tbody > tr")].map((row) => [row, row.textContent.toLowerCase()]);
const pages = [...document.querySelectorAll("article")].map((page) => [page, page.textContent.toLowerCase()]);
const search = document.getElementById("search");
const input = document.getElementById("q");
function find() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const [row, text] of rows) {
    row.hidden = !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  for (const [page, text] of pages) page.hidden = !words.every((word) => text.includes(word));
  document.getElementById("hits").textContent = words.length ? `${shown} / ${rows.length}行` : "";
}
input.addEventListener("input", find);
search.addEventListener("submit", (event) => event.preventDefault());
search.hidden = false;
