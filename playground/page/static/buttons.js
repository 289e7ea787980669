// What is pressed: buttons with words or an icon, feedback, and the menu behind three dots.

import { address, el, fresh, icon } from "./dom.js";
import { confirmed } from "./confirm.js";
import { withEmoji } from "./emoji.js";
import { placeOver } from "./popup.js";

/** Where an element stands, so that it gets its focus back when it is drawn again. */
export const focusable = (block, element, more = "") => ({ focus: `${block.block_id}|${element.action_id}${more}` });

function visit(url) {
  const href = url ? address(url) : null;
  if (href) open(href, "_blank", "noopener,noreferrer");
}

export function button(element, block, surface) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const press = async () => {
    if (!(await confirmed(element.confirm, surface.reader))) return;
    visit(element.url);
    await surface.act("clicks", block, element, {}, node);
  };
  const node = el(
    "button",
    { type: "button", class: `button ${style}`, "aria-label": element.accessibility_label, onclick: press, data: focusable(block, element) },
    withEmoji(String(element.text?.text ?? element.action_id ?? "")),
  );
  return node;
}

/** An icon with its words beside it for those who do not see it; nothing for those it is not meant for. */
export function iconButton(element, block, surface) {
  const meant = element.visible_to_user_ids;
  if (Array.isArray(meant) && meant.length && !meant.includes(surface.reader.id)) return null;
  const words = String(element.text?.text ?? element.icon ?? "");
  const press = async () => {
    if (await confirmed(element.confirm, surface.reader)) await surface.act("clicks", block, element, {}, node);
  };
  const node = el(
    "button",
    { type: "button", class: "quiet context-button", "aria-label": element.accessibility_label ?? words, title: words, onclick: press, data: focusable(block, element) },
    element.icon === "trash" ? icon("trash") : words,
  );
  return node;
}

/** Two buttons of which one can stay pressed, on this page only, as the app is told of each press. */
export function feedback(element, block, surface) {
  const kept = surface.keep(`feedback ${block.block_id}|${element.action_id}`);
  const nodes = ["positive_button", "negative_button"].map((name) => {
    const { text, value, accessibility_label: label } = element[name];
    const node = el(
      "button",
      { type: "button", class: "quiet context-button", "aria-label": label, "aria-pressed": String(kept.value === value), onclick: () => press(value, node), data: focusable(block, element, `|${name}`) },
      icon(name === "positive_button" ? "good" : "bad"),
      withEmoji(String(text.text)),
    );
    return node;
  });

  async function press(value, node) {
    kept.value = value;
    for (const each of nodes) each.setAttribute("aria-pressed", String(each === node));
    await surface.act("clicks", block, element, { value }, node);
  }

  return el("span", { class: "feedback", role: "group", "aria-label": "Feedback" }, nodes);
}

export function overflow(element, block, surface) {
  const options = (element.options ?? []).map((option) =>
    el("button", { type: "button", role: "menuitem", class: "option", onclick: () => choose(option) }, withEmoji(String(option.text?.text ?? ""))),
  );
  const menu = el("div", { role: "menu", class: "popup", popover: "auto", id: fresh("menu"), onkeydown: walk, ontoggle: toggled });
  menu.append(...options);
  const opener = el(
    "button",
    { type: "button", class: "button square", "aria-label": element.accessibility_label ?? "More actions", "aria-haspopup": "menu", "aria-expanded": "false", popovertarget: menu.id, data: focusable(block, element) },
    icon("more"),
  );

  function toggled(event) {
    opener.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "open") return;
    placeOver(menu, opener);
    options[0]?.focus();
  }

  function walk(event) {
    if (event.key === "Tab") menu.hidePopover();
    const at = options.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    options[(to + options.length) % options.length]?.focus();
  }

  async function choose(option) {
    menu.hidePopover();
    if (!(await confirmed(element.confirm, surface.reader))) return;
    visit(option.url);
    await surface.act("picks", block, element, { value: option.value }, opener);
  }

  return el("span", { class: "overflow" }, opener, menu);
}
