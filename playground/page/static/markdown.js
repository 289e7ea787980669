// The markdown block: headings, lists, quotes, fences, rules, and the usual marks inside a line.

import { el, link } from "./dom.js";
import { withEmoji } from "./emoji.js";

const INLINE = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|\[([^\]\n]*)\]\(([^)\s]+)\)|(\*\*|__)(?=\S)([\s\S]*?\S)\5|(~~)(?=\S)([\s\S]*?\S)~~|([*_])(?=\S)((?:(?!\9)[\s\S])*?\S)\9(?!\w)|(https?:\/\/[^\s<>)]+)/;
const DEEPEST = 6;

function inline(text, depth = 0) {
  const nodes = [];
  let rest = text;
  while (rest) {
    const found = depth < DEEPEST ? INLINE.exec(rest) : null;
    if (!found) {
      nodes.push(withEmoji(rest));
      break;
    }
    if (found.index) nodes.push(withEmoji(rest.slice(0, found.index)));
    nodes.push(node(found, depth));
    rest = rest.slice(found.index + found[0].length);
  }
  return nodes;
}

function node(found, depth) {
  const [, , code, label, url, , bold, , strike, , italic, bare] = found;
  if (code !== undefined) return el("code", {}, code.trim());
  if (url !== undefined) return link(url, ...inline(label || url, depth + 1));
  if (bold !== undefined) return el("strong", {}, ...inline(bold, depth + 1));
  if (strike !== undefined) return el("s", {}, ...inline(strike, depth + 1));
  if (italic !== undefined) return el("em", {}, ...inline(italic, depth + 1));
  return link(bare, bare);
}

const RULE = /^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*$/;

/** The cells of a table's line. */
const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => inline(cell.trim().replaceAll("\\|", "|")));

function table(head, rows) {
  const line = (tag, row) => el("tr", {}, row.map((cell) => el(tag, tag === "th" ? { scope: "col" } : {}, ...cell)));
  return el("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    el("table", { class: "table" }, el("thead", {}, line("th", cells(head))), el("tbody", {}, rows.map((row) => line("td", cells(row))))));
}

/** An item of a list, with a box when it is a task. */
function item(words) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(words);
  if (!task) return el("li", {}, ...inline(words));
  const done = task[1] !== " ";
  return el("li", { class: "todo" }, el("span", { role: "img", "aria-label": done ? "done" : "to do" }, done ? "☑" : "☐"), " ", ...inline(task[2]));
}

const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

/** Markdown as nodes, line by line. */
export function markdown(text) {
  const lines = String(text ?? "").split("\n");
  const nodes = [];
  let paragraph = [];
  const flush = () => {
    const held = paragraph.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line)));
    if (held.length) nodes.push(el("p", {}, ...held));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (/^\s*```/.test(line)) {
      flush();
      const held = [];
      while (++at < lines.length && !/^\s*```\s*$/.test(lines[at])) held.push(lines[at]);
      nodes.push(el("pre", { tabindex: "0" }, el("code", {}, held.join("\n"))));
    } else if (heading) {
      flush();
      nodes.push(el("p", { class: `heading level-${heading[1].length}`, role: "heading", "aria-level": heading[1].length + 1 }, ...inline(heading[2])));
    } else if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) {
      flush();
      nodes.push(el("hr"));
    } else if (/^\s*>/.test(line)) {
      flush();
      const held = [];
      for (; at < lines.length && /^\s*>/.test(lines[at]); at++) held.push(lines[at].replace(/^\s*> ?/, ""));
      at--;
      nodes.push(el("blockquote", {}, ...markdown(held.join("\n").replace(/^(>\s*){6,}/gm, ""))));
    } else if (line.includes("|") && RULE.test(lines[at + 1] ?? "")) {
      flush();
      const rows = [];
      for (at += 2; at < lines.length && lines[at].includes("|"); at++) rows.push(lines[at]);
      at--;
      nodes.push(table(line, rows));
    } else if (ITEM.test(line)) {
      flush();
      const ordered = ITEM.exec(line)[1] !== undefined;
      const items = [];
      for (let found; at < lines.length && (found = ITEM.exec(lines[at])); at++) items.push(item(found[2]));
      at--;
      nodes.push(el(ordered ? "ol" : "ul", {}, ...items));
    } else if (!line.trim()) flush();
    else paragraph.push(line);
  }
  flush();
  return nodes;
}
