// What can be pressed and filled: buttons, menus, choices, text; each tells its surface.

import { address, el, fresh, icon, picture } from "./dom.js";
import { confirmed } from "./confirm.js";
import { text } from "./mrkdwn.js";
import { placeOver } from "./popup.js";
import { select } from "./select.js";

const focusable = (block, element) => ({ focus: `${block.block_id}|${element.action_id}` });

function button(element, block, surface) {
  const style = { primary: "primary", danger: "danger" }[element.style] ?? "";
  const press = async () => {
    if (!(await confirmed(element.confirm, surface.reader))) return;
    const href = element.url ? address(element.url) : null;
    if (href) open(href, "_blank", "noopener,noreferrer");
    await surface.act("clicks", block, element, {}, node);
  };
  const node = el(
    "button",
    { type: "button", class: `button ${style}`, "aria-label": element.accessibility_label, onclick: press, data: focusable(block, element) },
    String(element.text?.text ?? element.action_id ?? ""),
  );
  return node;
}

function overflow(element, block, surface) {
  const options = (element.options ?? []).map((option) =>
    el("button", { type: "button", role: "menuitem", class: "option", onclick: () => choose(option) }, String(option.text?.text ?? "")),
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
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = options.indexOf(document.activeElement);
    options[(at + step + options.length) % options.length]?.focus();
  }

  async function choose(option) {
    menu.hidePopover();
    if (!(await confirmed(element.confirm, surface.reader))) return;
    const href = option.url ? address(option.url) : null;
    if (href) open(href, "_blank", "noopener,noreferrer");
    await surface.act("picks", block, element, { value: option.value }, opener);
  }

  return el("span", { class: "overflow" }, opener, menu);
}

function choices(element, block, surface, described) {
  const many = element.type === "checkboxes";
  const state = surface.stateOf(block, element);
  const on = new Set((many ? state.selected_options : [state.selected_option])?.filter(Boolean).map((each) => each.value));
  const name = fresh("choice");
  const boxes = (element.options ?? []).map((option, index) => {
    const box = el("input", {
      type: many ? "checkbox" : "radio", name, value: option.value, onchange: change,
      data: { focus: `${block.block_id}|${element.action_id}|${index}` },
    });
    box.checked = on.has(option.value);
    const more = option.description ? el("span", { class: "option-more" }, text(option.description, surface.reader)) : null;
    return el("label", { class: "choice" }, box, el("span", {}, el("span", {}, text(option.text, surface.reader)), more));
  });

  async function change() {
    const values = boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value);
    if (!(await confirmed(element.confirm, surface.reader))) {
      for (const box of boxes) box.firstChild.checked = on.has(box.firstChild.value);
      return;
    }
    await surface.act("picks", block, element, { value: many ? values : (values[0] ?? null) }, group);
  }

  const group = el("div", { class: "choices", role: many ? "group" : "radiogroup", ...(described ?? { "aria-label": many ? "Choices" : "Choose one" }) }, boxes);
  return group;
}

const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url" };
const CHARACTER_PAUSE = 300;

function field(element, block, surface, described) {
  const tells = block.type !== "input" || block.dispatch_action === true;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tall = element.multiline === true;
  const label = described ?? { "aria-label": String(element.placeholder?.text ?? "Text") };
  let timer = 0;
  const node = el(tall ? "textarea" : "input", {
    type: tall ? null : (KINDS[element.type] ?? "text"),
    class: "field", rows: tall ? 4 : null, autocomplete: "off", spellcheck: "false", autocapitalize: "off",
    inputmode: element.type === "number_input" ? "decimal" : null,
    placeholder: element.placeholder?.text, ...label, data: focusable(block, element), oninput: typed, onkeydown: pressed,
    value: surface.textOf(block, element),
  });

  function typed() {
    surface.type(block, element, node.value);
    clearTimeout(timer);
    if (tells && when.includes("on_character_entered")) timer = setTimeout(tell, CHARACTER_PAUSE);
  }

  function pressed(event) {
    if (event.key !== "Enter" || event.isComposing || (tall && !event.ctrlKey && !event.metaKey)) return;
    if (!tells || !when.includes("on_enter_pressed")) return;
    event.preventDefault();
    tell();
  }

  const tell = () => surface.act("fills", block, element, { text: node.value }, node);
  return node;
}

const PICKERS = { datepicker: ["date", "selected_date"], timepicker: ["time", "selected_time"], datetimepicker: ["datetime-local", "selected_date_time"] };

/** datetimepicker holds seconds since 1970; the browser's field holds a local time. */
function local(seconds) {
  if (!Number.isFinite(Number(seconds)) || seconds === null) return "";
  const date = new Date(Number(seconds) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function picker(element, block, surface, described) {
  const [type, held] = PICKERS[element.type];
  const value = surface.stateOf(block, element)[held];
  const change = async () => {
    if (!(await confirmed(element.confirm, surface.reader))) return;
    const given = type === "datetime-local" && node.value ? String(Math.trunc(new Date(node.value).getTime() / 1000)) : node.value;
    await surface.act("picks", block, element, { value: given || null }, node);
  };
  const node = el("input", {
    type, class: "field", onchange: change, data: focusable(block, element),
    value: type === "datetime-local" ? local(value) : (value ?? ""), ...(described ?? { "aria-label": String(element.placeholder?.text ?? type) }),
  });
  return node;
}

const DRAWN = {
  button, workflow_button: button, icon_button: button, overflow,
  radio_buttons: choices, checkboxes: choices,
  plain_text_input: field, number_input: field, email_text_input: field, url_text_input: field,
  datepicker: picker, timepicker: picker, datetimepicker: picker,
  image: (element) => picture(element.image_url, element.alt_text, "accessory"),
};
const SELECTS = /^(multi_)?(static|external|users|channels|conversations)_select$/;

/** An element as its node; `described` are the ARIA attributes that its input block gives it. */
export function drawElement(element, block, surface, described) {
  const kind = String(element?.type);
  if (SELECTS.test(kind)) return select(element, block, surface, described);
  if (Object.hasOwn(DRAWN, kind)) return DRAWN[kind](element, block, surface, described);
  return el("pre", { class: "unknown" }, JSON.stringify(element, null, 2));
}
