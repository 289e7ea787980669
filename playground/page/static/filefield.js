// A file input: files that are chosen or dropped go to the playground at once, and their names stay.

import { el, icon, toast } from "./dom.js";
import { focusable } from "./buttons.js";
import { size } from "./files.js";

const LARGEST = 10_000_000; // bytes that Slack takes of one file

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve([file.name, String(reader.result).split(",")[1] ?? ""]);
    reader.readAsDataURL(file);
  });
}

export function fileField(element, block, surface, described) {
  let held = surface.stateOf(block, element).files ?? [];
  const most = Number(element.max_files) || 10;
  const endings = Array.isArray(element.filetypes) ? element.filetypes : [];
  const input = el("input", {
    type: "file", class: "field", multiple: most > 1, accept: endings.map((each) => `.${each}`).join(",") || null,
    onchange: () => add([...input.files]), ...described, data: focusable(block, element),
  });
  const list = el("ul", { class: "attached" });
  const limits = `At most ${most} ${most === 1 ? "file" : "files"} of 10 MB${endings.length ? `: ${endings.join(", ")}` : ""}`;
  const drop = { ondragover: (event) => event.preventDefault(), ondrop: dropped };
  draw();

  function dropped(event) {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  }

  async function add(files) {
    const large = files.find((file) => file.size > LARGEST);
    if (large) toast(`${large.name} is larger than 10 MB.`);
    else if (files.length) await tell(held, await Promise.all(files.map(read)));
    input.value = "";
  }

  async function tell(keep, files) {
    const told = await surface.act("attaches", block, element, { keep: keep.map(({ id }) => id), files }, input);
    if (told) held = told;
    draw();
  }

  function draw() {
    list.replaceChildren(...held.map((file) =>
      el("li", {}, icon("file"), el("span", {}, file.name), el("span", { class: "faint" }, size(file.size)),
        el("button", { type: "button", class: "quiet", "aria-label": `Remove ${file.name}`, onclick: () => tell(held.filter(({ id }) => id !== file.id), []) }, icon("close")))));
  }

  return el("div", { class: "file-field", ...drop }, list, input, el("div", { class: "hint" }, limits));
}
