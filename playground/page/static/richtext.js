// rich_text: sections, lists, quotes and preformatted text, with all their leaves.

import { el, link } from "./dom.js";
import { moment, whole } from "./dates.js";
import { emoji as named } from "./emoji.js";
import { broken } from "./mrkdwn.js";

const MARKS = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["highlight", "mark"], ["client_highlight", "mark"]];

function leaf(part, reader) {
  switch (part?.type) {
    case "text":
      return broken(part.text);
    case "link":
      return [link(part.url, String(part.text || part.url))];
    case "date": {
      const words = moment(part.timestamp, part.format, reader.tz) ?? String(part.fallback ?? "");
      const time = el("time", { title: whole(part.timestamp, reader.tz) }, words);
      return [part.url ? link(part.url, time) : time];
    }
    case "emoji":
      return [emoji(part)];
    case "user":
    case "usergroup":
    case "team":
    case "channel": {
      const id = String(part[`${part.type}_id`] ?? "");
      const sign = part.type === "channel" ? "#" : "@";
      return [el("span", { class: "mention" }, sign + (reader.names[id] ?? id))];
    }
    case "broadcast":
      return [el("span", { class: "mention" }, `@${part.range}`)];
    case "color":
      return [colour(part.value)];
    default:
      return [el("code", {}, JSON.stringify(part))];
  }
}

function emoji(part) {
  const points = String(part.unicode ?? "").split("-").map((code) => Number.parseInt(code, 16));
  const known = points.every((point) => point >= 0 && point <= 0x10ffff);
  return part.unicode && known ? String.fromCodePoint(...points) : named(part.name);
}

function colour(value) {
  const swatch = el("span", { class: "swatch" });
  if (/^#[0-9a-f]{3,8}$/i.test(String(value))) swatch.style.background = value;
  return el("span", {}, swatch, String(value));
}

function styled(part, reader) {
  return MARKS.reduce(
    (nodes, [name, tag]) => (part?.style?.[name] ? [el(tag, {}, ...nodes)] : nodes),
    leaf(part, reader),
  );
}

const inside = (part, reader) => (part.elements ?? []).flatMap((each) => styled(each, reader));

function list(part, reader) {
  const ordered = part.style === "ordered";
  const items = (part.elements ?? []).map((item) => el("li", {}, ...element(item, reader)));
  const indent = Math.min(Math.max(Number(part.indent) || 0, 0), 8);
  const start = ordered ? (Number(part.offset) || 0) + 1 : null;
  return el(ordered ? "ol" : "ul", { class: `indent-${indent}`, start }, ...items);
}

function element(part, reader) {
  switch (part?.type) {
    case "rich_text_section":
      return inside(part, reader);
    case "rich_text_list":
      return [list(part, reader)];
    case "rich_text_quote":
      return [el("blockquote", {}, ...inside(part, reader))];
    case "rich_text_preformatted":
      return [el("pre", { tabindex: "0" }, el("code", {}, ...inside(part, reader)))];
    default:
      return [el("code", {}, JSON.stringify(part))];
  }
}

/** The nodes of a rich_text block; sections follow each other on lines of their own. */
export function richText(block, reader) {
  return (block?.elements ?? []).map((part) =>
    part?.type === "rich_text_section"
      ? el("div", { class: "rich-section" }, ...inside(part, reader))
      : el("div", {}, ...element(part, reader)),
  );
}

/** All its words as one string: what a table sorts and filters by. */
export function words(block, reader) {
  return richText(block, reader).map((node) => node.textContent).join("\n");
}

/** The moment a cell holds, when it holds nothing else: tables sort by it. */
export function onlyDate(block) {
  const parts = (block?.elements ?? []).flatMap((part) => part.elements ?? []);
  return parts.length === 1 && parts[0]?.type === "date" ? Number(parts[0].timestamp) : null;
}


