// table, and data_table with what Slack's client does by itself: sort by a column, filter, page.

import { el, fresh, icon } from "./dom.js";
import { onlyDate, richText, words } from "./richtext.js";

const PAGE_SIZE = 5; // rows of a data_table that says nothing

function content(cell, reader) {
  return cell?.type === "rich_text" ? richText(cell, reader) : [String(cell?.text ?? "")];
}

function shown(cell, reader) {
  return cell?.type === "rich_text" ? words(cell, reader) : String(cell?.text ?? "");
}

/** What a cell sorts by: its number, the moment it holds, or its words. */
function key(cell, reader) {
  if (cell?.type === "raw_number" && Number.isFinite(Number(cell.value))) return Number(cell.value);
  return onlyDate(cell) ?? shown(cell, reader);
}

const ORDER = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function compared(left, right) {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "number") return -1;
  if (typeof right === "number") return 1;
  return ORDER.compare(left, right);
}

function scrolling(label, table) {
  return el("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": label }, table);
}

export function plainTable(block, { reader }) {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  const [head = [], ...body] = rows;
  const look = (index) => {
    const align = ["center", "right"].includes(settings[index]?.align) ? `align-${settings[index].align}` : "";
    return `${align} ${settings[index]?.is_wrapped ? "wrapped" : ""}`.trim() || null;
  };
  const table = el(
    "table",
    { class: "table" },
    el("thead", {}, el("tr", {}, head.map((cell, index) => el("th", { scope: "col", class: look(index) }, content(cell, reader))))),
    el("tbody", {}, body.map((row) => el("tr", {}, row.map((cell, index) => el("td", { class: look(index) }, content(cell, reader)))))),
  );
  return scrolling("Table", table);
}

/** A data_table; `keep` is where its sort, filter and page stay while the message is drawn again. */
export function dataTable(block, { reader, keep }) {
  const [head = [], ...rows] = Array.isArray(block.rows) ? block.rows : [];
  const size = Math.max(1, Math.trunc(Number(block.page_size)) || PAGE_SIZE);
  const named = Number(block.row_header_column_index) || 0;
  const numeric = head.map((_, index) => rows.some((row) => row[index]?.type === "raw_number"));
  const every = rows.map((row) => ({ row, text: row.map((cell) => shown(cell, reader)).join("\n").toLowerCase() }));
  const state = keep;
  state.column ??= null;
  state.down ??= false;
  state.filter ??= "";
  state.page ??= 0;

  const caption = fresh("caption");
  const bodies = el("tbody");
  const count = el("span", { class: "count", role: "status" });
  const turn = (label, path, step) =>
    el("button", { type: "button", class: "quiet", "aria-label": label, onclick: () => go(step) }, path);
  const previous = turn("Previous rows", "‹", -1);
  const next = turn("Next rows", "›", 1);
  const heads = head.map((cell, index) => header(cell, index));
  const filter = el("input", {
    type: "search", class: "filter", placeholder: "Filter", "aria-label": `Filter ${block.caption ?? "table"}`, value: state.filter,
    oninput: () => { state.filter = filter.value; state.page = 0; draw(); },
    data: { focus: `${block.block_id}|filter` },
  });

  function header(cell, index) {
    const name = shown(cell, reader);
    const button = el("button", {
      type: "button", class: "sort", data: { focus: `${block.block_id}|sort${index}` },
      onclick: () => { sortBy(index); },
    }, name, el("span", { class: "arrow", "aria-hidden": "true" }));
    return el("th", { scope: "col", class: numeric[index] ? "align-right" : null }, button);
  }

  function sortBy(index) {
    if (state.column !== index) Object.assign(state, { column: index, down: false });
    else if (!state.down) state.down = true;
    else Object.assign(state, { column: null, down: false });
    state.page = 0;
    draw();
  }

  function go(step) {
    state.page += step;
    draw();
    if (previous.disabled && step < 0) next.focus();
    if (next.disabled && step > 0) previous.focus();
  }

  function found() {
    const wanted = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = every.filter(({ text }) => wanted.every((word) => text.includes(word))).map(({ row }) => row);
    if (state.column === null) return kept;
    const keyed = kept.map((row) => [key(row[state.column], reader), row]);
    keyed.sort(([left], [right]) => (state.down ? compared(right, left) : compared(left, right)));
    return keyed.map(([, row]) => row);
  }

  function draw() {
    const rowsNow = found();
    state.page = Math.max(0, Math.min(state.page, Math.ceil(rowsNow.length / size) - 1));
    const start = state.page * size;
    const page = rowsNow.slice(start, start + size);
    bodies.replaceChildren(...page.map((row) => el("tr", {}, row.map(drawn))));
    if (!page.length) bodies.append(el("tr", {}, el("td", { colspan: head.length, class: "nothing" }, "No rows match.")));
    const of = rowsNow.length < rows.length ? `${rowsNow.length} that match, ${rows.length} in all` : `${rows.length} rows`;
    count.textContent = rowsNow.length ? `${start + 1}–${start + page.length} of ${of}` : `none that match, ${rows.length} in all`;
    previous.disabled = state.page === 0;
    next.disabled = start + size >= rowsNow.length;
    heads.forEach((th, index) => {
      const direction = state.column === index ? (state.down ? "descending" : "ascending") : "none";
      th.setAttribute("aria-sort", direction);
      th.querySelector(".arrow").textContent = { none: "", ascending: "▲", descending: "▼" }[direction];
    });
  }

  function drawn(cell, index) {
    const look = numeric[index] ? "align-right" : null;
    return index === named
      ? el("th", { scope: "row", class: look }, content(cell, reader))
      : el("td", { class: look }, content(cell, reader));
  }

  draw();
  return el(
    "figure",
    { class: "data-table" },
    el("figcaption", { id: caption }, el("span", { class: "caption" }, String(block.caption ?? "")), el("span", { class: "filter-box" }, icon("search"), filter)),
    scrolling(String(block.caption ?? "Table"), el("table", { class: "table", "aria-labelledby": caption }, el("thead", {}, el("tr", {}, heads)), bodies)),
    el("div", { class: "pager" }, count, el("span", { class: "turns" }, previous, next)),
  );
}
