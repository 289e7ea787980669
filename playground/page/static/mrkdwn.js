// Slack's markup to nodes: tags, code, bold, italic, strike, quotes, lists of lines. Nothing is ever parsed as HTML.

import { el, link } from "./dom.js";
import { moment, whole } from "./dates.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const plain = (text) => text.replace(/&(?:lt|gt|amp);/g, (found) => ENTITIES[found]);

/** One `<…>` of Slack's: a date, a mention, a channel or a link, as a node. */
function tag(inside, reader) {
  const date = /^!date\^(-?\d+)\^([^|^]*)(?:\^([^|]*))?(?:\|([\s\S]*))?$/.exec(inside);
  if (date) {
    const words = moment(date[1], plain(date[2]), reader.tz) ?? plain(date[4] ?? "");
    const time = el("time", { title: whole(date[1], reader.tz) }, words);
    return date[3] ? link(plain(date[3]), time) : time;
  }
  const bar = inside.indexOf("|");
  const target = plain(bar < 0 ? inside : inside.slice(0, bar));
  const label = bar < 0 ? "" : plain(inside.slice(bar + 1));
  if (target[0] === "@" || target[0] === "#") {
    const name = reader.names[target.slice(1)] ?? (label || target.slice(1));
    return el("span", { class: "mention" }, `${target[0]}${name.replace(/^[@#]/, "")}`);
  }
  if (target.startsWith("!subteam^")) return el("span", { class: "mention" }, `@${reader.names[target.slice(9)] ?? (label || target.slice(9))}`.replace("@@", "@"));
  if (target[0] === "!") return el("span", { class: "mention" }, label || `@${target.slice(1).split("^")[0]}`);
  return link(target, label || target);
}

const STYLES = { "*": "strong", "_": "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** Where a style that opens at `start` closes, or -1: marks stand at the edges of words and hold no blank inside. */
function closing(text, start) {
  const mark = text[start];
  if (start > 0 && (WORD.test(text[start - 1]) || text[start - 1] === mark)) return -1;
  if (start + 1 >= text.length || /[\s]/.test(text[start + 1]) || text[start + 1] === mark) return -1;
  for (let at = start + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "<" || text[at] === "`") {
      const end = text.indexOf(text[at] === "<" ? ">" : "`", at + 1);
      if (end > 0) at = end;
    } else if (text[at] === mark && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? " ")) return at;
  }
  return -1;
}

const DEEPEST = 6;

const ADDRESS = /(https?:\/\/[^\s<>]*[^\s<>.,;:!?'")\]])/;

/** Words between marks: addresses are links, names of emoji what they show. */
function bare(words) {
  return words.split(ADDRESS).map((part, index) => (index % 2 ? link(plain(part), plain(part)) : withEmoji(plain(part))));
}

function inline(text, reader, depth = 0) {
  const nodes = [];
  let held = "";
  const flush = () => {
    if (held) nodes.push(...bare(held));
    held = "";
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "<") {
      const end = text.indexOf(">", at);
      if (end > at + 1) {
        flush();
        nodes.push(tag(text.slice(at + 1, end), reader));
        at = end;
        continue;
      }
    } else if (letter === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1 && !text.slice(at, end).includes("\n")) {
        flush();
        nodes.push(el("code", {}, code(text.slice(at + 1, end), reader)));
        at = end;
        continue;
      }
    } else if (letter in STYLES && depth < DEEPEST) {
      const end = closing(text, at);
      if (end > 0) {
        flush();
        nodes.push(el(STYLES[letter], {}, ...inline(text.slice(at + 1, end), reader, depth + 1)));
        at = end;
        continue;
      }
    } else if (letter === "\n") {
      flush();
      nodes.push(el("br"));
      continue;
    }
    held += letter;
  }
  flush();
  return nodes;
}

/** Inside code tags are read as words, and nothing else is. */
function code(text, reader) {
  return text.split(/(<[^<>\n]+>)/).map((part, index) => (index % 2 ? tag(part.slice(1, -1), reader).textContent : plain(part))).join("");
}

function lines(text, reader) {
  const nodes = [];
  for (const part of text.split(/((?:^|\n)(?:&gt;|>)[^\n]*(?:\n(?:&gt;|>)[^\n]*)*)/)) {
    if (/^\n?(?:&gt;|>)/.test(part)) {
      const inside = part.replace(/^\n/, "").replace(/^(?:&gt;|>) ?/gm, "");
      nodes.push(el("blockquote", {}, ...inline(inside, reader)));
    } else if (part) nodes.push(...inline(nodes.length ? part.replace(/^\n/, "") : part, reader));
  }
  return nodes;
}

/** mrkdwn as nodes, for a reader with `names` and a time zone `tz`. */
export function mrkdwn(text, reader) {
  const parts = String(text ?? "").split("```");
  // A fence that nobody closes is text.
  if (parts.length % 2 === 0) parts.splice(-2, 2, parts.slice(-2).join("```"));
  return parts.flatMap((part, index) => {
    if (index % 2) return [el("pre", { tabindex: "0" }, el("code", {}, code(part.replace(/^\n|\n$/g, ""), reader)))];
    return lines(index ? part.replace(/^\n/, "") : part, reader);
  });
}

/** A text object: mrkdwn as nodes, plain text as it is. */
export function text(object, reader) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, reader) : broken(object.text);
}

/** Plain text with its line breaks and emoji. */
export function broken(words) {
  return withEmoji(String(words ?? "")).split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}
