// A list of messages, of a channel or of a thread: by author and day, each drawn anew when it changes, in its place.

import { el } from "./dom.js";
import { moment } from "./dates.js";
import { keepingFocus } from "./focus.js";
import { drawMessage } from "./message.js";
import { Surface } from "./surface.js";

const TOGETHER = 300; // seconds within which messages of one author stand under one name
const NEAR = 120; // pixels from the end within which the pane follows new messages

/** Makes the nodes the pane's children; those that stay where they are keep focus, selection and open lists. */
function settle(pane, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...pane.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (pane.childNodes[index] !== node) pane.insertBefore(node, pane.childNodes[index] ?? null);
  });
}

const ordered = (messages) => [...messages].sort((left, right) => (left.ts < right.ts ? -1 : 1));

/** What a channel shows by itself, and what stands in threads, by the `ts` of the first message there. */
export function threaded(held) {
  const replies = new Map();
  const first = [];
  for (const message of ordered(held.values())) {
    const { ts, thread_ts: thread } = message;
    if (!thread || thread === ts) first.push(message);
    else replies.set(thread, [...(replies.get(thread) ?? []), message]);
  }
  const gone = [...replies.keys()].filter((ts) => !held.has(ts)).map((ts) => ({ ts, user: "", tombstone: true }));
  return { first: ordered([...first, ...gone]), replies };
}

export class Messages {
  #live;
  #pane;
  #where;
  #channel = "";
  #surfaces = new Map();
  #nodes = new Map();

  /** `where` is what messages are drawn with, see drawMessage; `empty` gives what stands where there is none. */
  constructor(live, pane, empty) {
    this.#live = live;
    this.#pane = pane;
    this.empty = empty;
    pane.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Shows messages of a channel from now on, from their end. */
  show(channel, where, messages, replies) {
    this.#channel = channel;
    this.#where = where;
    this.#surfaces.clear();
    this.#nodes.clear();
    this.#arrange(messages, replies);
    this.#pane.scrollTop = this.#pane.scrollHeight;
  }

  /** Draws what has changed: `stale` are the `ts` of messages that look different now. */
  update(messages, replies, stale) {
    for (const ts of stale) this.#nodes.delete(ts);
    const follows = this.#pane.scrollHeight - this.#pane.scrollTop - this.#pane.clientHeight < NEAR;
    keepingFocus(this.#pane, () => this.#arrange(messages, replies));
    if (follows) this.#pane.scrollTop = this.#pane.scrollHeight;
  }

  #arrange(messages, replies) {
    const { tz } = this.#where.reader;
    const nodes = [];
    let before = null;
    for (const message of messages) {
      const day = moment(message.ts, "{date_long}", tz);
      const newDay = !before || moment(before.ts, "{date_long}", tz) !== day;
      if (newDay) nodes.push(this.#divider(message));
      const under = !newDay && !message.tombstone && before.user === message.user && before.ephemeral === message.ephemeral && message.ts - before.ts < TOGETHER;
      const node = this.#node(message, replies.get(message.ts) ?? []);
      node.classList.toggle("under", under);
      nodes.push(node);
      before = message;
    }
    if (!nodes.length) nodes.push(this.empty());
    settle(this.#pane, nodes);
    const there = new Set(messages.map(({ ts }) => ts));
    for (const ts of this.#surfaces.keys()) if (!there.has(ts)) this.#surfaces.delete(ts);
  }

  #divider(message) {
    const words = moment(message.ts, "{date_long_pretty}", this.#where.reader.tz);
    const known = this.#nodes.get(words);
    if (known) return known;
    const node = el("div", { class: "day", role: "separator", "aria-label": words }, el("span", {}, words[0].toUpperCase() + words.slice(1)));
    this.#nodes.set(words, node);
    return node;
  }

  #node(message, replies) {
    const known = this.#nodes.get(message.ts);
    if (known) return known;
    const node = drawMessage(message, this.#surface(message), replies, this.#where);
    this.#nodes.set(message.ts, node);
    return node;
  }

  #surface(message) {
    if (!this.#surfaces.has(message.ts)) {
      this.#surfaces.set(message.ts, new Surface(this.#live, { channel: this.#channel, ts: message.ts }, this.#where.reader));
    }
    const surface = this.#surfaces.get(message.ts);
    surface.state = message.state;
    return surface;
  }

  /** Arrows, Home and End go from message to message, as long as nothing in a message has the focus. */
  #walk(event) {
    const every = [...this.#pane.querySelectorAll(":scope > article")];
    const at = every.indexOf(event.target);
    if ((at < 0 && event.target !== this.#pane) || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = every.length - 1;
    const to = { ArrowUp: at < 0 ? last : at - 1, ArrowDown: at < 0 ? last : at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || !every[to]) return;
    event.preventDefault();
    every[to].focus();
  }
}
