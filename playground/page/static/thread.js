// The pane beside a channel that shows one thread, with a field to reply in it.

import { el, icon } from "./dom.js";
import { Composer } from "./composer.js";
import { Messages, threaded } from "./messages.js";

export class Thread {
  #root;
  #list = el("section", { class: "messages", role: "log", "aria-label": "Thread", "aria-live": "polite", tabindex: "0" });
  #place = el("span", { class: "faint" });
  #pane;
  #composer;
  #channel = null;
  #ts = null;

  constructor(live, root, close) {
    this.#root = root;
    const form = el("form", { class: "composer", autocomplete: "off" });
    const cross = el("button", { type: "button", class: "quiet", "aria-label": "Close the thread", onclick: close }, icon("close"));
    root.append(el("div", { class: "pane-head" }, el("h2", {}, "Thread"), this.#place, cross), this.#list, form);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    });
    this.#pane = new Messages(live, this.#list, () => el("div", { class: "empty" }, el("p", {}, "Nothing is left of this thread.")));
    this.#composer = new Composer(live, form, "thread");
  }

  /** The `ts` of the message whose thread is shown, or null. */
  get ts() {
    return this.#ts;
  }

  /** Shows the thread of a message; `where` is what messages are drawn with. */
  open(ts, channel, label, held, where) {
    this.#ts = ts;
    this.#channel = channel;
    this.#root.hidden = false;
    this.#place.textContent = label;
    this.#composer.at({ id: channel.id, thread: ts }, `the thread in ${label}`, "Reply…");
    this.#pane.show(channel.id, { ...where, thread: null }, this.#messages(held), new Map());
    this.#composer.focus();
  }

  update(channel, held, stale) {
    if (channel === this.#channel?.id) this.#pane.update(this.#messages(held), new Map(), stale);
  }

  close() {
    this.#root.hidden = true;
    this.#ts = this.#channel = null;
  }

  /** Half-written replies are for who wrote them. */
  forget() {
    this.#composer.forget();
  }

  #messages(held) {
    const { first, replies } = threaded(held);
    return [...first.filter(({ ts }) => ts === this.#ts), ...(replies.get(this.#ts) ?? [])];
  }
}
