// Selects with type-ahead: static, external, of people and channels; of one or of several.

import { el, fresh, icon, toast } from "./dom.js";
import { confirmed } from "./confirm.js";
import { withEmoji } from "./emoji.js";
import { placeOver } from "./popup.js";

const PAUSE = 200; // ms without a key before an external select asks
const MIN_QUERY = 3; // what an external select waits for when its app does not say

const FAILED = {
  timeout: "No options: the app did not answer within 3 seconds.",
  error: "No options: the app answered with an error, or with options that Slack does not take.",
};

const words = (option) => withEmoji(String(option?.text?.text ?? option?.value ?? ""));

/** The options an element has by itself, as groups; null when they come from the app. */
function own(element, reader) {
  const kind = element.type.replace("multi_", "");
  if (kind === "external_select") return null;
  if (kind === "static_select") return element.option_groups ?? [{ options: element.options ?? [] }];
  const wanted = { users_select: /^[UW]/, channels_select: /^[CG]/, conversations_select: /^/ }[kind];
  const named = Object.entries(reader.names).filter(([id]) => wanted?.test(id));
  return [{ options: named.map(([id, name]) => ({ value: id, text: { text: `${/^[CG]/.test(id) ? "#" : "@"}${name}` } })) }];
}

/** What is chosen now, always as a list of options. */
function chosenNow(state, reader) {
  const held = Object.entries(state).find(([name]) => name.startsWith("selected_"))?.[1];
  const several = Array.isArray(held) ? held : held === null || held === undefined ? [] : [held];
  return several.map((each) => (typeof each === "object" ? each : { value: each, text: { text: reader.names[each] ?? each } }));
}

export function select(element, block, surface, described) {
  const many = element.type.startsWith("multi_");
  const optional = block.type === "input" && block.optional === true;
  const groups = own(element, surface.reader);
  const list = el("div", { role: "listbox", id: fresh("options"), class: "popup options", popover: "manual", "aria-multiselectable": many || null });
  let chosen = chosenNow(surface.stateOf(block, element), surface.reader);
  let shown = []; // the options in the list, with their nodes
  let active = -1;
  let timer = 0;
  let asked = 0;

  const placeholder = String(element.placeholder?.text ?? "Choose…");
  const input = el("input", {
    type: "text", role: "combobox", class: "combobox", placeholder, autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    ...(described ?? { "aria-label": placeholder }),
    data: { focus: `${block.block_id}|${element.action_id}` },
    onclick: () => open(""), oninput: () => open(input.value), onkeydown: pressed, onblur: () => close(),
  });
  const chips = el("span", { class: "chips" });
  const box = el("span", { class: `select ${many ? "many" : ""}` }, chips, input, icon("down"), list);
  rest();

  /** The closed look: what is chosen stands in the field. */
  function rest() {
    input.value = many ? "" : chosen[0] ? words(chosen[0]) : "";
    chips.replaceChildren(...(many ? chosen.map(chip) : []));
  }

  function chip(option) {
    // The field keeps the focus: losing it draws the chips anew, and the press would be lost with them.
    const keep = (event) => event.preventDefault();
    const off = () => pick(chosen.filter((each) => each.value !== option.value));
    return el("span", { class: "chip" }, words(option), el("button", { type: "button", "aria-label": `Remove ${words(option)}`, onmousedown: keep, onclick: off }, "×"));
  }

  function open(typed) {
    if (!list.matches(":popover-open")) {
      list.showPopover();
      input.setAttribute("aria-expanded", "true");
      if (typed === "" && !many) input.select();
    }
    if (groups) {
      const wanted = typed.toLowerCase();
      show(groups.map((group) => ({ ...group, options: (group.options ?? []).filter((option) => words(option).toLowerCase().includes(wanted)) })));
      return;
    }
    clearTimeout(timer);
    if (typed.length < (element.min_query_length ?? MIN_QUERY)) return say(`Type at least ${element.min_query_length ?? MIN_QUERY} letters.`);
    // Enter takes nothing from a list that belongs to other letters.
    mark(-1);
    if (!shown.length) say("Looking…");
    timer = setTimeout(() => suggest(typed), typed ? PAUSE : 0);
  }

  async function suggest(typed) {
    const mine = ++asked;
    const found = await surface.act("suggestions", block, element, { typed }, input);
    if (mine !== asked || !list.matches(":popover-open")) return;
    if (found?.status === "acked") show(found.groups);
    else say(FAILED[found?.status] ?? FAILED.error, "failed");
  }

  /** A sentence in the list's place, which is also read out. */
  function say(sentence, kind = "nothing") {
    shown = [];
    active = -1;
    const id = fresh("sentence");
    const node = el("div", { id, class: kind, role: "option", "aria-disabled": "true", "aria-selected": "false" }, kind === "failed" ? icon("warning") : null, sentence);
    list.replaceChildren(node);
    input.setAttribute("aria-activedescendant", id);
    placeOver(list, box);
  }

  function show(parts) {
    shown = [];
    active = -1;
    list.replaceChildren(...parts.filter((part) => part.options?.length).map((part) => {
      const nodes = part.options.map(drawn);
      const label = part.label?.text;
      return label ? el("div", { role: "group", "aria-label": label }, el("div", { class: "group", "aria-hidden": "true" }, label), nodes) : el("div", { role: "presentation" }, nodes);
    }));
    if (!shown.length) return say("Nothing matches.");
    const at = shown.findIndex(({ option }) => chosen.some((each) => each.value === option.value));
    placeOver(list, box);
    mark(Math.max(at, 0));
  }

  function drawn(option) {
    const on = chosen.some((each) => each.value === option.value);
    const node = el(
      "div",
      { role: "option", id: fresh("option"), class: "option", "aria-selected": String(on), onmousedown: (event) => { event.preventDefault(); choose(option); } },
      el("span", { class: "option-text" }, words(option)),
      option.description ? el("span", { class: "option-more" }, String(option.description.text ?? "")) : null,
    );
    shown.push({ option, node });
    return node;
  }

  function mark(index) {
    shown[active]?.node.classList.remove("active");
    active = index;
    const node = shown[active]?.node;
    node?.classList.add("active");
    node?.scrollIntoView({ block: "nearest" });
    if (node) input.setAttribute("aria-activedescendant", node.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function pressed(event) {
    const isOpen = list.matches(":popover-open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) open("");
      else if (shown.length) mark((active + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen && shown[active]) choose(shown[active].option);
      else if (!isOpen) open("");
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && many && !input.value && chosen.length) {
      pick(chosen.slice(0, -1));
    } else if (event.key === "Delete" && optional && !many && chosen.length) {
      pick([]);
    }
  }

  function choose(option) {
    if (!many) return pick([option]);
    const on = chosen.some((each) => each.value === option.value);
    const next = on ? chosen.filter((each) => each.value !== option.value) : [...chosen, option];
    const most = element.max_selected_items ?? Infinity;
    if (next.length > most) return toast(`No more than ${most} can be chosen.`);
    return pick(next);
  }

  async function pick(next) {
    close();
    if (!(await confirmed(element.confirm, surface.reader))) return;
    chosen = next;
    rest();
    const values = next.map((each) => each.value);
    await surface.act("picks", block, element, { value: many ? values : (values[0] ?? null) }, input);
  }

  function close() {
    clearTimeout(timer);
    asked++;
    if (list.matches(":popover-open")) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    shown = [];
    rest();
  }

  return box;
}
