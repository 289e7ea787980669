// Every block as Slack draws it; one that is not known shows its JSON.

import { el, fresh, link, picture } from "./dom.js";
import { chart } from "./chart.js";
import { drawElement } from "./elements.js";
import { emoji } from "./emoji.js";
import { markdown } from "./markdown.js";
import { broken, text } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, plainTable } from "./table.js";

function section(block, surface) {
  const { reader } = surface;
  const words = block.text ? el("div", { class: "words" }, text(block.text, reader)) : null;
  const fields = block.fields?.length
    ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field, reader))))
    : null;
  const accessory = block.accessory ? el("div", { class: "accessory" }, drawElement(block.accessory, block, surface)) : null;
  return [el("div", { class: "section-main" }, words, fields), accessory];
}

function context(block, { reader }) {
  return (block.elements ?? []).map((each) =>
    each?.type === "image" ? picture(each, "small") : el("span", {}, text(each, reader)),
  );
}

const actions = (block, surface) => (block.elements ?? []).map((each) => drawElement(each, block, surface));

function input(block, surface) {
  const [label, hint, error] = [fresh("label"), fresh("hint"), fresh("error")];
  const problem = surface.errors[block.block_id];
  const describing = [block.hint ? hint : "", problem ? error : ""].filter(Boolean).join(" ");
  const described = {
    "aria-labelledby": label,
    "aria-describedby": describing || null,
    "aria-invalid": problem ? "true" : null,
    "aria-required": block.optional ? null : "true",
  };
  const needed = block.optional
    ? el("span", { class: "optional" }, " (optional)")
    : el("span", { class: "required", "aria-hidden": "true" }, " *");
  return [
    el("div", { class: "label", id: label }, String(block.label?.text ?? ""), needed),
    drawElement(block.element, block, surface, described),
    problem ? el("div", { class: "error", id: error }, String(problem)) : null,
    block.hint ? el("div", { class: "hint", id: hint }, String(block.hint.text ?? "")) : null,
  ];
}

function image(block) {
  const title = block.title ? el("figcaption", {}, broken(block.title.text)) : null;
  return el("figure", {}, title, picture(block, "large"));
}

function video(block, { reader }) {
  const title = text(block.title, reader);
  const by = [block.provider_name, block.author_name].filter(Boolean).join(" · ");
  const still = picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "large");
  return el("div", { class: "card" }, el("strong", {}, link(block.title_url ?? block.video_url, ...title)), el("div", {}, still), by ? el("div", { class: "faint" }, by) : null, block.description ? el("div", {}, text(block.description, reader)) : null);
}

const file = (block) => el("div", { class: "card" }, el("strong", {}, "File"), el("div", { class: "faint" }, String(block.external_id ?? "")));

function alert(block, { reader }) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return el("div", { class: `alert ${level}`, role: "note" }, el("span", { class: "sr-only" }, `${level}: `), text(block.text, reader));
}

/** An icon of Slack's own set, as its emoji where it has one of that name, else as its name. */
const named = (given) => (given ? el("span", { class: "slack-icon", role: "img", "aria-label": String(given.name) }, emoji(given.name).replace(/^:(.*):$/, "$1")) : null);

function card(block, surface) {
  const { reader } = surface;
  const part = (name, kind) => (block[name] ? el("div", { class: kind }, text(block[name], reader)) : null);
  return el(
    "article",
    { class: "card" },
    block.hero_image ? picture(block.hero_image, "large") : null,
    el("div", { class: "card-head" }, block.icon ? picture(block.icon, "small") : named(block.slack_icon), el("div", {}, part("title", "card-title"), part("subtitle", "faint"))),
    part("body", "card-body"),
    part("subtext", "faint"),
    block.actions?.length ? el("div", { class: "actions" }, block.actions.map((each) => drawElement(each, block, surface))) : null,
  );
}

function carousel(block, surface) {
  const cards = (block.elements ?? []).map((each) => el("li", {}, card(each, surface)));
  return el("ul", { class: "carousel", tabindex: "0", "aria-label": "Cards" }, cards);
}

function container(block, surface) {
  const { reader } = surface;
  const title = block.title ? text(block.title, reader) : richText(block.rich_text_title, reader);
  const head = [block.icon ? picture(block.icon, "small") : null, el("strong", {}, ...title), block.subtitle ? el("span", { class: "faint" }, text(block.subtitle, reader)) : null];
  const children = drawBlocks(block.child_blocks ?? [], surface);
  const width = ["narrow", "wide", "full"].includes(block.width) ? block.width : "";
  const line = block.has_header_divider ? "divided" : "";
  if (!block.is_collapsible) return el("section", { class: `container ${width} ${line}` }, el("div", { class: "container-head" }, head), children);
  const keep = surface.keep(`container ${block.block_id}`);
  const details = el("details", { class: `container ${width}`, ontoggle: () => { keep.open = details.open; } }, el("summary", { class: "container-head" }, head), children);
  details.open = keep.open ?? !block.default_collapsed;
  return details;
}

const STATUS = { pending: "○", in_progress: "◔", complete: "✓", error: "✕" };

function task(block, { reader }) {
  const status = Object.hasOwn(STATUS, block.status) ? block.status : "pending";
  const part = (name) => (block[name] ? el("div", { class: "faint" }, richText(block[name], reader)) : null);
  const sources = (block.sources ?? []).map((each) => el("li", {}, link(each.url, String(each.text ?? each.url))));
  return el(
    "div",
    { class: `task task-${status}` },
    el("span", { class: "task-mark", role: "img", "aria-label": status.replace("_", " ") }, STATUS[status]),
    el("div", {}, el("div", {}, String(block.title ?? "")), part("details"), part("output"), sources.length ? el("ul", {}, sources) : null),
  );
}

const plan = (block, surface) =>
  el("div", { class: "plan" }, el("strong", {}, String(block.title?.text ?? block.title ?? "")), (block.tasks ?? []).map((each) => task(each, surface)));

const DRAWN = {
  section, context, actions, input, image, video, file, alert, card, carousel, container, plan,
  header: (block) => el("div", { role: "heading", "aria-level": "2" }, broken(block.text?.text)),
  divider: () => el("hr"),
  context_actions: actions,
  rich_text: (block, { reader }) => richText(block, reader),
  markdown: (block) => markdown(block.text),
  table: plainTable,
  task_card: task,
  data_visualization: chart,
};

function drawn(block, surface, index) {
  const kind = String(block?.type);
  // What only the page knows of a table stays with its place, as a block without an id gets a new one each time.
  if (kind === "data_table") return dataTable(block, { reader: surface.reader, keep: surface.keep(`table ${index}`) });
  if (Object.hasOwn(DRAWN, kind)) return DRAWN[kind](block, surface);
  return el("details", { class: "unknown", open: true }, el("summary", {}, `${kind}: this page does not know the block`), el("pre", {}, JSON.stringify(block, null, 2)));
}

/** Blocks as nodes. One that breaks the page's expectations shows its JSON and spoils nothing else. */
export function drawBlocks(blocks, surface) {
  return (Array.isArray(blocks) ? blocks : []).map((block, index) => {
    let inside;
    try {
      inside = drawn(block, surface, index);
    } catch (error) {
      inside = el("pre", { class: "unknown" }, `${error.message}\n${JSON.stringify(block, null, 2)}`);
    }
    const wrong = surface.errors[block?.block_id] ? "wrong" : "";
    const known = Object.hasOwn(DRAWN, String(block?.type)) || block?.type === "data_table" ? block.type : "unknown";
    return el("div", { class: `block b-${known} ${wrong}`.trim() }, ...[inside].flat().filter(Boolean));
  });
}


