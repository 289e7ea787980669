// Days and times: the browser's own fields, read in the zone of the person and not of the browser.

import { el } from "./dom.js";
import { confirmed } from "./confirm.js";
import { focusable } from "./buttons.js";
import { instant, local } from "./dates.js";

const KINDS = {
  datepicker: ["date", "selected_date", "Date"],
  timepicker: ["time", "selected_time", "Time"],
  datetimepicker: ["datetime-local", "selected_date_time", "Date and time"],
};

/** A date, a time, or a moment, which the app is given in seconds since 1970. */
export function picker(element, block, surface, described) {
  const [type, held, name] = KINDS[element.type];
  const { tz } = surface.reader;
  const moment = element.type === "datetimepicker";
  const before = surface.stateOf(block, element)[held];
  const shown = moment ? local(before, tz) : (before ?? "");
  const zone = moment ? tz : element.timezone;

  async function change() {
    if (!(await confirmed(element.confirm, surface.reader))) {
      node.value = shown;
      return;
    }
    const given = moment && node.value ? String(instant(node.value, tz)) : node.value;
    await surface.act("picks", block, element, { value: given || null }, node);
  }

  const node = el("input", {
    type, class: "field", onchange: change, data: focusable(block, element), value: shown,
    ...(described ?? { "aria-label": String(element.placeholder?.text ?? name) }),
  });
  return zone ? el("span", { class: "picker" }, node, el("span", { class: "faint" }, zone)) : node;
}
