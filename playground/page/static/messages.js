// The message pane of one channel: messages by author and day, each drawn anew when it changes, in its place.

import { avatar, el, icon } from "./dom.js";
import { moment, whole } from "./dates.js";
import { drawBlocks } from "./blocks.js";
import { keepingFocus } from "./focus.js";
import { mrkdwn } from "./mrkdwn.js";
import { Surface } from "./surface.js";

const TOGETHER = 300; // seconds within which messages of one author stand under one name
const NEAR = 120; // pixels from the end within which the pane follows new messages
const SLACKBOT = "USLACKBOT";

/** Makes the nodes the pane's children; those that stay where they are keep focus, selection and open lists. */
function settle(pane, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...pane.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (pane.childNodes[index] !== node) pane.insertBefore(node, pane.childNodes[index] ?? null);
  });
}

export class Messages {
  #live;
  #pane;
  #reader = { names: {}, tz: "UTC" };
  #app = "app";
  #channel = null;
  #surfaces = new Map();
  #nodes = new Map();

  constructor(live, pane) {
    this.#live = live;
    this.#pane = pane;
  }

  /** Shows a channel: `held` is its map from ts to message. */
  show(channel, held, reader, app) {
    this.#channel = channel;
    this.#reader = reader;
    this.#app = app;
    this.#surfaces.clear();
    this.#nodes.clear();
    this.#arrange(held);
    this.#pane.scrollTop = this.#pane.scrollHeight;
  }

  /** Draws what has changed in the channel that is shown. */
  update(held, changed, gone) {
    for (const ts of gone) {
      this.#nodes.delete(ts);
      this.#surfaces.delete(ts);
    }
    for (const { ts } of changed) this.#nodes.delete(ts);
    const follows = this.#pane.scrollHeight - this.#pane.scrollTop - this.#pane.clientHeight < NEAR;
    keepingFocus(this.#pane, () => this.#arrange(held));
    if (follows) this.#pane.scrollTop = this.#pane.scrollHeight;
  }

  #arrange(held) {
    const messages = [...held.values()].sort((left, right) => (left.ts < right.ts ? -1 : 1));
    const nodes = [];
    let before = null;
    for (const message of messages) {
      const day = moment(message.ts, "{date_long}", this.#reader.tz);
      const newDay = !before || moment(before.ts, "{date_long}", this.#reader.tz) !== day;
      if (newDay) nodes.push(this.#divider(message));
      const under = !newDay && before.user === message.user && before.ephemeral === message.ephemeral && message.ts - before.ts < TOGETHER;
      const node = this.#node(message);
      node.classList.toggle("under", under);
      nodes.push(node);
      before = message;
    }
    if (!nodes.length) nodes.push(this.#empty());
    settle(this.#pane, nodes);
  }

  #divider(message) {
    const words = moment(message.ts, "{date_long_pretty}", this.#reader.tz);
    const known = this.#nodes.get(words);
    if (known) return known;
    const node = el("div", { class: "day", role: "separator", "aria-label": words }, el("span", {}, words[0].toUpperCase() + words.slice(1)));
    this.#nodes.set(words, node);
    return node;
  }

  #empty() {
    const where = this.#channel?.direct ? `your direct message with ${this.#app}` : `#${this.#channel?.name ?? ""}`;
    return el("div", { class: "empty" }, el("h2", {}, `This is ${where}`), el("p", {}, "Nobody has said anything yet. Type ", el("kbd", {}, "/"), " to see what the app can do."));
  }

  #node(message) {
    const known = this.#nodes.get(message.ts);
    if (known) return known;
    const node = this.#drawn(message);
    this.#nodes.set(message.ts, node);
    return node;
  }

  #surface(message) {
    if (!this.#surfaces.has(message.ts)) {
      this.#surfaces.set(message.ts, new Surface(this.#live, { channel: this.#channel.id, ts: message.ts }, this.#reader));
    }
    const surface = this.#surfaces.get(message.ts);
    surface.state = message.state;
    return surface;
  }

  #drawn(message) {
    const name = message.user === SLACKBOT ? "Slackbot" : (this.#reader.names[message.user] ?? (message.bot ? this.#app : message.user));
    const surface = this.#surface(message);
    const words = message.blocks.length
      ? drawBlocks(message.blocks, surface)
      : [el("div", { class: "words" }, mrkdwn(message.text, this.#reader))];
    const attached = message.attachments.map((each) =>
      el("div", { class: "attachment" }, each?.blocks ? drawBlocks(each.blocks, surface) : el("pre", { class: "unknown" }, JSON.stringify(each, null, 2))),
    );
    return el(
      "article",
      { class: `message ${message.ephemeral ? "ephemeral" : ""}`, "aria-label": `${name}, ${moment(message.ts, "{time}", this.#reader.tz)}`, data: { ts: message.ts } },
      message.ephemeral ? el("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      avatar(name, message.bot ? "app" : ""),
      el(
        "div",
        { class: "message-main" },
        el("div", { class: "byline" }, el("strong", {}, name), message.bot ? el("span", { class: "badge" }, "APP") : null, el("time", { title: whole(message.ts, this.#reader.tz) }, moment(message.ts, "{time}", this.#reader.tz))),
        words,
        attached,
        message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      ),
    );
  }
}
