// The modals of one person: the one on top, with what is typed kept while the app updates it.

import { el, icon, toast } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { keepingFocus, returning } from "./focus.js";
import { Surface, judge } from "./surface.js";

/** What decides whether a view has to be drawn again; what is picked or typed is on the page already. */
const look = (view, depth) => JSON.stringify([view.id, view.hash, view.errors, view.notice, depth]);

/** The place of the input that asks for the focus first. */
function wanted({ blocks }) {
  const block = blocks.find(({ element }) => element?.focus_on_load);
  return block ? `${block.block_id}|${block.element.action_id}` : null;
}

export class Modal {
  #live;
  #reader = null;
  #surfaces = new Map();
  #shown = "";
  #view = null;
  #depth = 0;
  #opener = null;
  #drawn = ""; // the id of the view that is drawn
  #left = new Map(); // what had the focus in a view when another came over it
  #dialog;
  #body = el("div", { class: "dialog-body", tabindex: "-1" });

  constructor(live) {
    this.#live = live;
    this.#dialog = el("dialog", { class: "dialog modal", "aria-labelledby": "modal-title", oncancel: (event) => this.#escaped(event), onkeydown: (event) => this.#pressed(event) });
    document.body.append(this.#dialog);
  }

  /** Shows the top of the stack, or nothing when it is empty. */
  show(stack, reader) {
    this.#reader = reader;
    const ids = new Set(stack.map(({ id }) => id));
    for (const id of [...this.#surfaces.keys()]) if (!ids.has(id)) this.#surfaces.delete(id);
    for (const id of [...this.#left.keys()]) if (!ids.has(id)) this.#left.delete(id);
    const view = stack.at(-1) ?? null;
    if (!view) {
      this.#shown = this.#drawn = "";
      this.#view = null;
      if (this.#dialog.open) this.#dialog.close();
      this.#opener?.();
      this.#opener = null;
      return;
    }
    const surface = this.#surface(view);
    surface.state = view.state;
    surface.errors = view.errors;
    this.#view = view;
    this.#depth = stack.length;
    if (look(view, stack.length) !== this.#shown) this.#draw(surface);
  }

  #surface(view) {
    if (!this.#surfaces.has(view.id)) this.#surfaces.set(view.id, new Surface(this.#live, { view: view.id }, this.#reader));
    return this.#surfaces.get(view.id);
  }

  #draw(surface) {
    const view = this.#view;
    const another = this.#drawn !== view.id;
    if (another) this.#left.set(this.#drawn, document.activeElement?.dataset.focus);
    this.#drawn = view.id;
    this.#shown = look(view, this.#depth);
    const close = view.close ?? "Close";
    const buttons = [
      el("button", { type: "button", class: "button", onclick: () => this.#close(false), data: { focus: "close" } }, close),
      view.submit ? el("button", { type: "button", class: "button primary", onclick: () => this.#submit(), data: { focus: "submit" } }, view.submit) : null,
    ];
    const back = this.#depth > 1
      ? el("button", { type: "button", class: "quiet", "aria-label": "Back", onclick: () => this.#close(false) }, icon("back"))
      : null;
    const head = el("div", { class: "dialog-head" }, back, el("h2", { id: "modal-title" }, view.title), el("button", { type: "button", class: "quiet", "aria-label": "Close all", onclick: () => this.#close(true), data: { focus: "cross" } }, icon("close")));
    const notice = view.notice ? el("div", { class: "alert error", role: "alert" }, view.notice) : null;
    keepingFocus(this.#dialog, () => {
      const at = this.#body.scrollTop;
      this.#body.replaceChildren(...[notice, ...drawBlocks(view.blocks, surface)].filter(Boolean));
      this.#dialog.replaceChildren(head, this.#body, el("div", { class: "dialog-foot" }, buttons));
      this.#body.scrollTop = another ? 0 : at;
    });
    if (!this.#dialog.open) {
      this.#opener = returning();
      this.#dialog.showModal();
    }
    const wrong = this.#body.querySelector("[aria-invalid]");
    if (wrong) (wrong.matches("input, textarea") ? wrong : wrong.querySelector("input"))?.focus();
    else if (another) (this.#place(this.#left.get(view.id)) ?? this.#place(wanted(view)) ?? this.#body.querySelector(".block input:not([type=hidden]), .block textarea, .block button") ?? this.#body).focus();
  }

  #place(focus) {
    return focus ? this.#dialog.querySelector(`[data-focus="${CSS.escape(focus)}"]`) : null;
  }

  #escaped(event) {
    event.preventDefault();
    this.#close(false);
  }

  #pressed(event) {
    const inLine = event.target.matches?.("input.field, .choices input");
    const everywhere = event.key === "Enter" && (event.metaKey || event.ctrlKey);
    if (event.defaultPrevented || event.key !== "Enter" || event.isComposing || !this.#view?.submit) return;
    if (inLine || everywhere) {
      event.preventDefault();
      this.#submit();
    }
  }

  async #submit() {
    const view = this.#view;
    const submit = this.#dialog.querySelector('[data-focus="submit"]');
    if (!view || submit?.getAttribute("aria-busy")) return;
    submit?.setAttribute("aria-busy", "true");
    try {
      judge(await this.#live.ask("submits", { view: view.id, ...this.#surface(view).drafts() }));
    } catch (error) {
      toast(error.message);
    } finally {
      submit?.removeAttribute("aria-busy");
    }
  }

  async #close(everything) {
    const view = this.#view;
    if (!view) return;
    try {
      judge(await this.#live.ask("closes", { view: view.id, everything }));
    } catch (error) {
      toast(error.message);
    }
  }
}
