// Filters of the class report. Without this script everything can be read; nothing is fetched and nothing is kept.
(() => {
  "use strict";
  const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
  const form = document.getElementById("filter");
  const told = document.getElementById("shown");
  const sections = all(".learner");
  const tables = all(".heat table");
  const isOpen = (cell) => cell && (cell.classList.contains("p") || cell.classList.contains("x"));

  // A table as rows of cells by column; the head has a row of parts above that of requirements.
  const grids = tables.map((table) => {
    const heads = all("thead .req", table);
    const parts = all("thead .part", table);
    const rows = all("tbody tr", table).map((row) => ({ row, cells: all("td.m, td.p, td.x, td.n", row) }));
    return { heads, parts, rows, sums: all("tfoot .sum", table) };
  });

  const learners = new Map();
  for (const section of sections) {
    const name = section.querySelector("h3").textContent.toLowerCase();
    learners.set(section.id, { section, name, marks: section.dataset.marks.split(" "), open: new Set() });
  }
  for (const { heads, rows } of grids) {
    for (const { row, cells } of rows) {
      const learner = learners.get(row.dataset.learner);
      cells.forEach((cell, at) => isOpen(cell) && learner && learner.open.add(heads[at].dataset.id));
    }
  }

  const wanted = () => ({
    text: form.elements.text.value.trim().toLowerCase(),
    state: form.elements.state.value,
    requirement: form.elements.requirement.value,
    columns: form.elements.columns.value,
  });

  function fits(learner, want) {
    if (want.text && !learner.name.includes(want.text)) return false;
    if (want.state && !learner.marks.includes(want.state)) return false;
    return !want.requirement || learner.open.has(want.requirement);
  }

  function columns(grid, want) {
    const visible = grid.rows.filter(({ row }) => !row.hidden);
    const counts = new Map();
    grid.heads.forEach((head, at) => {
      const isHole = want.columns !== "open" || visible.some(({ cells }) => isOpen(cells[at]));
      const isPart = want.columns === "" || want.columns === "open" || want.columns === head.dataset.kind;
      const isWanted = !want.requirement || want.requirement === head.dataset.id;
      const hide = !(isHole && isPart && isWanted);
      if (!hide) counts.set(head.dataset.part, (counts.get(head.dataset.part) || 0) + 1);
      if (head.hidden !== hide) {
        head.hidden = hide;
        if (grid.sums[at]) grid.sums[at].hidden = hide;
        for (const { cells } of grid.rows) if (cells[at]) cells[at].hidden = hide;
      }
    });
    for (const part of grid.parts) {
      const count = counts.get(part.dataset.part) || 0;
      part.hidden = count === 0;
      if (count) part.colSpan = count;
    }
  }

  function filter() {
    const want = wanted();
    let shown = 0;
    for (const learner of learners.values()) {
      const fit = fits(learner, want);
      learner.section.hidden = !fit;
      shown += fit;
    }
    for (const row of all("tr[data-learner]")) {
      const learner = learners.get(row.dataset.learner);
      row.hidden = Boolean(learner && learner.section.hidden);
    }
    grids.forEach((grid) => columns(grid, want));
    told.textContent = `${shown} of ${learners.size} learners shown.`;
  }

  function open() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest("[hidden]")) {
      form.reset();
      filter();
      target.scrollIntoView();
    }
  }

  if (form && told) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
  }
  // The name in each row is the link; a click on a cell is a shorter way to the same place.
  for (const heat of all(".heat")) {
    heat.classList.add("jumps");
    heat.addEventListener("click", (event) => {
      const row = event.target.closest("td") && event.target.closest("tr[data-learner]");
      if (row) location.hash = row.dataset.learner;
    });
  }
  addEventListener("hashchange", open);
})();
