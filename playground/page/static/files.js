// The files of a message: what they are, a look into pictures and text, and a way to keep them.

import { el, icon } from "./dom.js";

const PICTURES = /^image\/(png|jpeg|gif|webp)$/;
const TEXTS = /^(text\/|application\/(json|x-yaml|yaml|xml))/;
const LINES = 12;
const LARGEST_LOOK = 200_000; // bytes of text that are looked into

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A length in bytes for people. */
export function size(bytes) {
  const steps = ["B", "kB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), steps.length - 1);
  return `${number.format(bytes / 1000 ** step)} ${steps[step]}`;
}

/** The beginning of a text, which opens to all of it; fetched from the page itself. */
function look(file, address) {
  const inside = el("pre", { tabindex: "0", "aria-label": `What is in ${file.name}` }, "…");
  const box = el("div", { class: "file-look" }, inside);
  fetch(address).then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText)))).then((text) => {
    const lines = text.split("\n");
    const short = lines.slice(0, LINES).join("\n");
    inside.textContent = short;
    if (lines.length <= LINES) return;
    const more = el("button", {
      type: "button", class: "quiet", "aria-expanded": "false",
      onclick: () => {
        const open = more.getAttribute("aria-expanded") !== "true";
        more.setAttribute("aria-expanded", String(open));
        more.textContent = open ? "Show less" : `Show all ${lines.length} lines`;
        inside.textContent = open ? text : short;
      },
    }, `Show all ${lines.length} lines`);
    box.append(more);
  }).catch((error) => { inside.textContent = `It cannot be shown: ${error.message}`; });
  return box;
}

function drawn(file) {
  const address = `/files/${encodeURIComponent(file.id)}`;
  const kind = String(file.mimetype);
  const facts = [file.title === file.name ? null : file.name, file.pretty_type, size(Number(file.size) || 0)].filter(Boolean).join(" · ");
  const preview = PICTURES.test(kind)
    ? el("a", { href: address, target: "_blank", rel: "noopener" }, el("img", { class: "picture large", src: address, alt: file.alt_txt ?? file.title, loading: "lazy" }))
    : TEXTS.test(kind) && file.size <= LARGEST_LOOK ? look(file, address) : null;
  return el(
    "li",
    { class: "file" },
    el("div", { class: "file-head" }, icon(PICTURES.test(kind) ? "image" : "file"),
      el("div", {}, el("strong", {}, file.title), el("div", { class: "faint" }, facts)),
      el("a", { class: "quiet", href: `${address}?download`, download: file.name, "aria-label": `Download ${file.name}`, title: "Download" }, icon("download"))),
    preview,
  );
}

/** The list of a message's files, or nothing. */
export const drawFiles = (files) => (files?.length ? el("ul", { class: "files", "aria-label": "Files" }, files.map(drawn)) : null);
