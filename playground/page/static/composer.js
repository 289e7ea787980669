// The field where one types: `/` offers the app's commands with their hints, Enter sends, ↑ brings back what was sent.

import { el, fresh, icon, toast } from "./dom.js";
import { judge } from "./surface.js";

const TALLEST = 180;

export class Composer {
  #live;
  #form;
  #commands = [];
  #channel = null;
  #sent = [];
  #back = 0;
  #active = 0;
  #offered = [];
  #drafts = new Map();
  #list;
  #hint = el("div", { class: "usage", id: fresh("usage") });
  #field;
  #send;

  /** `name` begins the ids of what it holds. */
  constructor(live, form, name) {
    this.#live = live;
    this.#form = form;
    this.#list = el("div", { class: "offers", role: "listbox", id: `${name}-offers`, "aria-label": "Commands", hidden: true });
    this.#field = el("textarea", {
      id: `${name}-text`, class: "composer-text", rows: "1", "aria-autocomplete": "list",
      "aria-controls": this.#list.id, "aria-haspopup": "listbox", "aria-describedby": this.#hint.id, spellcheck: "false", autocapitalize: "off",
      oninput: () => this.#typed(), onkeydown: (event) => this.#pressed(event), onblur: () => this.#fold(),
    });
    this.#send = el("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, icon("send"));
    form.append(this.#list, el("div", { class: "composer-box" }, this.#field, this.#send), this.#hint);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#go();
    });
  }

  commands(commands) {
    this.#commands = commands;
  }

  /** Sends to this channel, or thread of one, from now on; what was half typed in each stays there. */
  at(channel, label, placeholder = `Message ${label}`) {
    if (this.#channel) this.#drafts.set(this.#draft(), this.#field.value);
    this.#channel = channel;
    this.#field.value = this.#drafts.get(this.#draft()) ?? "";
    this.#field.placeholder = placeholder;
    this.#field.setAttribute("aria-label", `Message ${label}`);
    this.#typed();
    this.#fold();
  }

  #draft() {
    return `${this.#channel.id} ${this.#channel.thread ?? ""}`;
  }

  forget() {
    this.#drafts.clear();
    this.#channel = null;
  }

  focus() {
    this.#field.focus();
  }

  #typed() {
    const said = this.#field.value;
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, TALLEST)}px`;
    this.#send.disabled = !said.trim();
    const command = /^\/\S*$/.test(said) ? said : null;
    this.#offered = command === null ? [] : this.#commands.filter((each) => each.command.startsWith(command));
    this.#active = 0;
    this.#offer();
    const meant = this.#commands.find((each) => said === each.command || said.startsWith(`${each.command} `));
    this.#hint.textContent = meant ? `${meant.command} ${meant.usage}` : "";
  }

  #offer() {
    this.#list.hidden = !this.#offered.length;
    const options = this.#offered.map((each, index) =>
      el(
        "div",
        { role: "option", class: `offer ${index === this.#active ? "active" : ""}`, id: `${this.#list.id}-${index}`, "aria-selected": String(index === this.#active), onmousedown: (event) => { event.preventDefault(); this.#take(each); } },
        el("strong", {}, each.command),
        el("span", { class: "faint" }, ` ${each.usage}`),
        el("div", {}, each.description),
      ),
    );
    this.#list.replaceChildren(...options);
    if (options.length) this.#field.setAttribute("aria-activedescendant", `${this.#list.id}-${this.#active}`);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  #fold() {
    this.#offered = [];
    this.#offer();
  }

  #take(command) {
    this.#field.value = `${command.command} `;
    this.#typed();
    this.#field.focus();
  }

  #pressed(event) {
    const offers = this.#offered.length;
    const whole = this.#offered.some((each) => each.command === this.#field.value);
    if (offers && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#active = (this.#active + (event.key === "ArrowDown" ? 1 : offers - 1)) % offers;
      this.#offer();
    } else if (offers && event.key === "Escape") {
      event.preventDefault();
      this.#fold();
    } else if (offers && (event.key === "Tab" || (event.key === "Enter" && !whole)) && !event.shiftKey) {
      event.preventDefault();
      this.#take(this.#offered[this.#active]);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#go();
    } else if (event.key === "ArrowUp" && (!this.#field.value || this.#back) && this.#sent.length) {
      event.preventDefault();
      this.#recall(1);
    } else if (event.key === "ArrowDown" && this.#back) {
      event.preventDefault();
      this.#recall(-1);
    }
  }

  #recall(step) {
    this.#back = Math.max(0, Math.min(this.#back + step, this.#sent.length));
    this.#field.value = this.#back ? this.#sent.at(-this.#back) : "";
    this.#typed();
    this.#fold();
  }

  async #go() {
    const said = this.#field.value.trim();
    if (!said || !this.#channel) return;
    this.#sent.push(said);
    this.#back = 0;
    this.#field.value = "";
    this.#typed();
    this.#form.setAttribute("aria-busy", "true");
    try {
      const { id, thread } = this.#channel;
      judge(await this.#live.ask("types", { channel: id, text: said, ...(thread ? { thread } : {}) }));
    } catch (error) {
      toast(error.message);
      if (!this.#field.value) this.#field.value = said;
      this.#typed();
    } finally {
      this.#form.removeAttribute("aria-busy");
    }
  }
}
