// JSON as a tree that opens where one looks; a branch is drawn when it is opened first.

import { el } from "./dom.js";

const LONG = 400;

function leaf(value) {
  const kind = value === null ? "null" : typeof value;
  const words = JSON.stringify(value) ?? String(value);
  if (words.length <= LONG) return el("span", { class: `json-${kind}` }, words);
  return el("details", { class: `json-${kind} long` }, el("summary", {}, `${words.slice(0, LONG)}…`), words);
}

/** A value under its name; objects and lists fold. */
export function tree(value, name = null, open = false) {
  const label = name === null ? [] : [el("span", { class: "json-name" }, `${name}: `)];
  if (value === null || typeof value !== "object") return el("div", { class: "json" }, label, leaf(value));
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  const size = list ? `[ ${entries.length} ]` : `{ ${entries.length} }`;
  if (!entries.length) return el("div", { class: "json" }, label, el("span", { class: "json-null" }, list ? "[ ]" : "{ }"));
  const inside = el("div", { class: "json-inside" });
  const details = el("details", { class: "json", ontoggle: fill }, el("summary", {}, label, el("span", { class: "json-size" }, size)), inside);

  function fill() {
    if (details.open && !inside.hasChildNodes()) inside.append(...entries.map(([key, each]) => tree(each, key)));
  }

  if (open) {
    details.open = true;
    fill();
  }
  return details;
}
