// Workspaces, channels, the direct message with the app, its Home tab, and who one is.

import { avatar, el, icon } from "./dom.js";

const ROLES = { admin: "admin", member: "member", guest: "guest of one channel" };

/** Arrows, Home and End go from button to button of a list that one can also go through with Tab. */
function walk(event) {
  const every = [...event.currentTarget.querySelectorAll("button")].filter((each) => each.offsetParent);
  const at = every.indexOf(document.activeElement);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: every.length - 1 }[event.key];
  if (at < 0 || to === undefined || !every[to]) return;
  event.preventDefault();
  every[to].focus();
}

export function drawRail(rail, teams, team, choose) {
  const tiles = teams.map((each) =>
    el("button", { type: "button", class: "tile", data: { focus: each.id }, "aria-label": each.name, title: each.name, "aria-current": each.id === team?.id ? "true" : null, onclick: () => choose(each) }, avatar(each.name)),
  );
  rail.replaceChildren(...tiles);
  rail.onkeydown = walk;
}

/** `place` is the id of a channel, or "home"; `unread` counts by channel. */
export function drawSidebar(sidebar, { team, person, channels, place, unread, app }, on) {
  const entry = (id, label, mark, more = null) => {
    const count = unread.get(id) ?? 0;
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: `entry ${count ? "unread" : ""}`, data: { focus: id }, "aria-current": place === id ? "page" : null, onclick: () => on.go(id) },
        mark,
        el("span", { class: "entry-name" }, label),
        more,
        count ? el("span", { class: "count", "aria-label": `${count} new` }, String(count)) : null,
      ),
    );
  };
  const open = channels.filter((each) => !each.direct);
  const direct = channels.find((each) => each.direct);
  const people = team.people.map((each) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "entry person", data: { focus: each.id }, "aria-pressed": String(each.id === person.id), onclick: () => on.be(each.id) },
        avatar(each.name),
        el("span", { class: "entry-name" }, each.real_name, el("span", { class: "entry-more" }, `${ROLES[each.role] ?? each.role} · ${each.tz}`)),
      ),
    ),
  );
  sidebar.replaceChildren(
    el("div", { class: "sidebar-head" }, el("h2", {}, team.name), el("button", { type: "button", class: "quiet only-narrow", "aria-label": "Close the sidebar", onclick: on.fold }, icon("close"))),
    el(
      "div",
      { class: "sidebar-body", onkeydown: walk },
      el("h3", {}, "Channels"),
      el("ul", {}, open.map((each) => entry(each.id, each.name, icon(each.private ? "lock" : "hash"), each.shared ? el("span", { class: "tag" }, "shared") : null))),
      el("h3", {}, "App"),
      el("ul", {}, direct ? entry(direct.id, app, avatar(app, "app")) : null, entry("home", "Home tab", icon("home"))),
      el("h3", {}, "You are"),
      el("ul", { class: "people" }, people),
    ),
    el("div", { class: "sidebar-foot" }, "A playground: a Slack, an AWS and clusters on this machine only."),
  );
}

export function drawTopbar(topbar, { channel, person, inspecting, theme, app }, on) {
  const name = channel
    ? channel.direct ? app : channel.name
    : `${app} · Home`;
  const mark = channel ? (channel.direct ? null : icon(channel.private ? "lock" : "hash")) : icon("home");
  const facts = channel && !channel.direct
    ? `${channel.people} ${channel.people === 1 ? "person" : "people"}${channel.app ? ` · ${app} is in it` : ""}`
    : "";
  topbar.replaceChildren(
    el("button", { type: "button", class: "quiet only-narrow", "aria-label": "Open the sidebar", onclick: on.unfold }, icon("menu")),
    el("div", { class: "place" }, el("h1", {}, mark, el("span", {}, name)), el("span", { class: "faint" }, facts)),
    el("span", { class: "me", title: `You are ${person.name}` }, avatar(person.name), el("span", { class: "wide-only" }, person.name)),
    el("button", { type: "button", class: "quiet", "aria-label": `Theme: ${theme}`, title: `Theme: ${theme}`, onclick: on.theme, data: { focus: "theme" } }, icon({ auto: "auto", light: "sun", dark: "moon" }[theme])),
    el("button", { type: "button", class: "quiet labelled", "aria-label": "Inspector", "aria-pressed": String(inspecting), onclick: on.inspect, data: { focus: "inspect" } }, icon("pulse"), el("span", { class: "wide-only" }, "Inspector")),
  );
}
