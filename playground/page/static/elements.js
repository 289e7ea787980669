// Every element that can be touched, by its type; one that is not known shows its JSON.

import { el, fresh, picture } from "./dom.js";
import { button, feedback, iconButton, overflow } from "./buttons.js";
import { confirmed } from "./confirm.js";
import { field, richField } from "./fields.js";
import { fileField } from "./filefield.js";
import { text } from "./mrkdwn.js";
import { picker } from "./pickers.js";
import { select } from "./select.js";

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

  const named = described ?? { "aria-label": many ? "Choices" : "Choose one" };
  // A group of boxes cannot be required, only one of radio buttons.
  const role = many ? { role: "group", "aria-required": null } : { role: "radiogroup" };
  const group = el("div", { class: "choices", ...named, ...role }, boxes);
  return group;
}

const DRAWN = {
  button, workflow_button: button, icon_button: iconButton, feedback_buttons: feedback, overflow,
  radio_buttons: choices, checkboxes: choices,
  plain_text_input: field, number_input: field, email_text_input: field, url_text_input: field, rich_text_input: richField,
  datepicker: picker, timepicker: picker, datetimepicker: picker,
  file_input: fileField,
  image: (element) => picture(element, "accessory"),
};
const SELECTS = /^(multi_)?(static|external|users|channels|conversations)_select$/;

/** An element as its node; `described` are the ARIA attributes that its input block gives it. */
export function drawElement(element, block, surface, described) {
  const kind = String(element?.type);
  if (SELECTS.test(kind)) return select(element, block, surface, described);
  if (Object.hasOwn(DRAWN, kind)) return DRAWN[kind](element, block, surface, described);
  return el("pre", { class: "unknown", tabindex: "0" }, JSON.stringify(element, null, 2));
}
