// One message: who said it and when, its blocks and files, and what can be done with it.

import { avatar, el, icon } from "./dom.js";
import { moment, whole } from "./dates.js";
import { drawBlocks } from "./blocks.js";
import { drawFiles } from "./files.js";
import { mrkdwn } from "./mrkdwn.js";

const SLACKBOT = "USLACKBOT";
const FACES = 5;

const several = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** What somebody is called in a message. */
function nameOf(message, { reader, app }) {
  if (message.user === SLACKBOT) return "Slackbot";
  return reader.names[message.user] ?? (message.bot ? app : message.user);
}

/** Who has replied, how often and when; opens the thread. */
function repliesBar(replies, where, open) {
  const shown = replies.filter((each) => !each.ephemeral);
  const names = new Map(shown.map((each) => [nameOf(each, where), each.bot ? "app" : ""]));
  const last = shown.at(-1);
  const own = replies.length - shown.length;
  const when = last ? moment(last.ts, "{date_short_pretty} at {time}", where.reader.tz) : "";
  return el(
    "button",
    { type: "button", class: "replies", onclick: open, data: { focus: "|replies" } },
    [...names].slice(0, FACES).map(([name, kind]) => avatar(name, kind)),
    el("strong", {}, several(shown.length, "reply", "replies")),
    own ? el("span", { class: "faint" }, `${own} only visible to you`) : null,
    when ? el("span", { class: "faint" }, `Last reply ${when}`) : null,
  );
}

/** A message as an article; `where` is {reader, app, thread?, dismiss}, `replies` what stands in its thread. */
export function drawMessage(message, surface, replies, where) {
  const { reader } = where;
  if (message.tombstone) return tombstone(message, replies, where);
  const name = nameOf(message, where);
  const words = message.blocks.length
    ? drawBlocks(message.blocks, surface)
    : message.text ? [el("div", { class: "words" }, mrkdwn(message.text, reader))] : [];
  const attached = message.attachments.map((each) =>
    el("div", { class: "attachment" }, each?.blocks ? drawBlocks(each.blocks, surface) : el("pre", { class: "unknown", tabindex: "0" }, JSON.stringify(each, null, 2))),
  );
  const open = () => where.thread(message.ts);
  return el(
    "article",
    { class: `message ${message.ephemeral ? "ephemeral" : ""}`, tabindex: "-1", "aria-label": `${name}, ${moment(message.ts, "{time}", reader.tz)}`, data: { ts: message.ts } },
    message.ephemeral ? onlyYou(message, where) : null,
    avatar(name, message.bot ? "app" : ""),
    el(
      "div",
      { class: "message-main" },
      el("div", { class: "byline" }, el("strong", {}, name), message.bot ? el("span", { class: "badge" }, "APP") : null, el("time", { title: whole(message.ts, reader.tz) }, moment(message.ts, "{time}", reader.tz))),
      words,
      attached,
      drawFiles(message.files),
      message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      where.thread && replies.length ? repliesBar(replies, where, open) : null,
    ),
    where.thread && !message.ephemeral
      ? el("div", { class: "message-tools" }, el("button", { type: "button", class: "quiet", "aria-label": "Reply in thread", title: "Reply in thread", onclick: open, data: { focus: "|thread" } }, icon("thread")))
      : null,
  );
}

function onlyYou(message, { dismiss }) {
  return el(
    "div",
    { class: "only-you" },
    icon("eye"),
    "Only visible to you",
    el("button", { type: "button", class: "quiet", onclick: () => dismiss(message), data: { focus: "|dismiss" } }, "Dismiss"),
  );
}

/** What stands where the first message of a thread was deleted. */
function tombstone(message, replies, where) {
  return el(
    "article",
    { class: "message", tabindex: "-1", "aria-label": "A deleted message", data: { ts: message.ts } },
    el("span", { class: "avatar gone", "aria-hidden": "true" }, icon("trash")),
    el("div", { class: "message-main" }, el("div", { class: "faint" }, "This message was deleted."), where.thread ? repliesBar(replies, where, () => where.thread(message.ts)) : null),
  );
}
