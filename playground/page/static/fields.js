// What is typed into: a line, several lines, numbers and addresses, and text with marks.

import { el } from "./dom.js";
import { focusable } from "./buttons.js";

const KINDS = { number_input: "text", email_text_input: "email", url_text_input: "url" };
const CHARACTER_PAUSE = 300;
const RICH_ROWS = 5;

/** A text input: it tells its surface each letter, and the app when it is asked to. */
export function field(element, block, surface, described) {
  const tells = block.type !== "input" || block.dispatch_action === true;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const rich = element.type === "rich_text_input";
  const tall = rich || element.multiline === true;
  const label = described ?? { "aria-label": String(element.placeholder?.text ?? "Text") };
  let timer = 0;
  const node = el(tall ? "textarea" : "input", {
    type: tall ? null : (KINDS[element.type] ?? "text"),
    class: "field", rows: tall ? (rich ? RICH_ROWS : 4) : null, autocomplete: "off", spellcheck: "false", autocapitalize: "off",
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

const STYLES = [["Bold", "*", "b"], ["Italic", "_", "i"], ["Strikethrough", "~", "x"], ["Code", "`", "e"]];
const LINES = [["Bulleted list", "- ", "•"], ["Ordered list", "1. ", "1."], ["Quote", "> ", "❝"]];

/** Text with Slack's marks in it, and buttons that put them around what is selected. */
export function richField(element, block, surface, described) {
  const node = field(element, block, surface, described);

  function put(before, after) {
    const { selectionStart: from, selectionEnd: to, value } = node;
    node.setRangeText(before + value.slice(from, to) + after, from, to, "end");
    if (from === to) node.setSelectionRange(from + before.length, from + before.length);
    else node.setSelectionRange(from + before.length, to + before.length);
    changed();
  }

  function begin(mark) {
    const from = node.value.lastIndexOf("\n", node.selectionStart - 1) + 1;
    const marked = node.value.slice(from, node.selectionEnd).split("\n").map((line) => mark + line).join("\n");
    node.setRangeText(marked, from, node.selectionEnd, "end");
    changed();
  }

  function changed() {
    node.focus();
    node.dispatchEvent(new Event("input"));
  }

  node.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const style = STYLES.find(([, , key]) => key === event.key.toLowerCase() && (key === "x" || key === "e" ? event.shiftKey : !event.shiftKey));
    if (!style) return;
    event.preventDefault();
    put(style[1], style[1]);
  });
  const tool = (name, shown, act) => el("button", { type: "button", class: "quiet", "aria-label": name, title: name, onclick: act }, shown);
  const tools = [
    ...STYLES.map(([name, mark]) => tool(name, el({ "*": "strong", _: "em", "~": "s", "`": "code" }[mark], {}, mark === "`" ? "<>" : name[0]), () => put(mark, mark))),
    ...LINES.map(([name, mark, shown]) => tool(name, shown, () => begin(mark))),
  ];
  return el("div", { class: "rich-field" }, el("div", { class: "rich-tools", role: "toolbar", "aria-label": "Formatting" }, tools), node);
}
