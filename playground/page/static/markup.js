// rich_text as the marks that somebody would type for it: what a rich text input holds, to be edited.

const MARKS = [["code", "`"], ["bold", "*"], ["italic", "_"], ["strike", "~"]];

function leaf(part) {
  switch (part?.type) {
    case "link":
      return String(part.url);
    case "emoji":
      return `:${part.name}:`;
    case "broadcast":
      return `@${part.range}`;
    default:
      return String(part?.text ?? part?.value ?? part?.fallback ?? part?.[`${part?.type}_id`] ?? "");
  }
}

function inside(part) {
  return (part?.elements ?? []).map((each) => {
    const words = leaf(each);
    return MARKS.reduce((marked, [name, mark]) => (each?.style?.[name] ? mark + marked + mark : marked), words);
  }).join("");
}

function element(part) {
  switch (part?.type) {
    case "rich_text_list":
      return (part.elements ?? []).map((item, index) => {
        const mark = part.style === "ordered" ? `${index + 1 + (Number(part.offset) || 0)}.` : "-";
        return `${"  ".repeat(Number(part.indent) || 0)}${mark} ${inside(item)}`;
      }).join("\n");
    case "rich_text_quote":
      return inside(part).split("\n").map((line) => `> ${line}`).join("\n");
    case "rich_text_preformatted":
      return `\`\`\`\n${inside(part)}\n\`\`\``;
    default:
      return inside(part);
  }
}

/** The marks of a rich_text block; empty for none. */
export const markup = (block) => (block?.elements ?? []).map(element).join("\n");
