// Elements without markup: everything that comes from a payload becomes a text node or a checked attribute.

/** An element. Properties: class, on… listeners, data (dataset), aria and other attributes; null or false leaves out. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.flat());
  return node;
}

const ICONS = {
  hash: "M5 9h14M5 15h14M10 4 8 20M16 4l-2 16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  send: "M4 12 20 4l-5 16-3-7z",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  down: "M7 10l5 5 5-5",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5",
  moon: "M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10z",
  auto: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM20 20l-4.5-4.5",
  link: "M9 15l6-6M10 6l2-2a4 4 0 0 1 6 6l-2 2M14 18l-2 2a4 4 0 0 1-6-6l2-2",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13M10 11v5M14 11v5",
  good: "M7 11v9H4v-9zM7 12l4-8c2 0 3 1 3 3l-1 3h5c1 0 2 1 2 2l-2 6c0 1-1 2-2 2H7",
  bad: "M7 13V4H4v9zM7 12l4 8c2 0 3-1 3-3l-1-3h5c1 0 2-1 2-2l-2-6c0-1-1-2-2-2H7",
  thread: "M4 5h16v11h-8l-5 4v-4H4zM8 9h8M8 12h5",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  warning: "M12 4 3 20h18zM12 10v4M12 17h.01",
  attach: "M19 11l-7 7a4 4 0 0 1-6-6l8-8a3 3 0 0 1 4 4l-8 8a1 1 0 0 1-2-2l7-7",
};

export function icon(name) {
  const path = svg("path", { d: ICONS[name] });
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, path);
}

/** The address if a person may be sent there, else null: no scripts, no data, no files. */
export function address(url) {
  try {
    const parsed = new URL(String(url));
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page, or its words alone for an address nobody should be sent to. */
export function link(url, ...children) {
  const href = address(url);
  if (!href) return el("span", {}, ...children);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

/** Where the page itself has a file of Slack's: by its id, or by the address that Slack gave it. */
function stored({ id, url }) {
  const found = id ?? /\/files-pri\/[A-Z0-9]+-([A-Z0-9]+)\//.exec(String(url))?.[1];
  return found ? `/files/${encodeURIComponent(found)}` : null;
}

/** A picture that the payload or Slack itself holds, or where it would be: nobody outside is asked for anything. */
export function picture(image, kind) {
  const words = String(image?.alt_text ?? "");
  const url = image?.image_url ?? image?.slack_file?.url;
  const held = stored(image?.slack_file ?? { url }) ?? (/^data:image\/(png|jpeg|gif|webp);base64,/.test(String(url)) ? url : null);
  if (held) return el("img", { src: held, alt: words, class: `picture ${kind}`, loading: "lazy" });
  const frame = el("span", { class: `picture absent ${kind}`, role: "img", "aria-label": words, title: words }, icon("image"));
  return kind === "small" ? frame : el("span", { class: "picture-frame" }, frame, link(url, words || "picture"));
}

let count = 0;
/** An id that no other element of the page has. */
export const fresh = (prefix) => `${prefix}-${++count}`;

const COLOURS = 8;
/** A square with somebody's initial, always of the same colour for the same name. */
export function avatar(name, kind = "") {
  const words = String(name);
  const colour = [...words].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1009, 0) % COLOURS;
  const initial = ([...words][0] ?? "?").toUpperCase();
  return el("span", { class: `avatar colour-${colour} ${kind}`, "aria-hidden": "true" }, initial);
}

/** A short word about something that went wrong, or well, that goes away by itself. */
export function toast(words, kind = "bad") {
  const node = el("div", { class: `toast ${kind}` }, words);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 7000);
}
