// Puts the page together: who one is, where one is, and what to draw when something changes.

import { el, toast } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { keepingFocus, returning } from "./focus.js";
import { Inspector } from "./inspector.js";
import { Live } from "./live.js";
import { Messages, threaded } from "./messages.js";
import { Modal } from "./modal.js";
import { drawRail, drawSidebar, drawTopbar } from "./sidebar.js";
import { judge, Surface } from "./surface.js";
import { Thread } from "./thread.js";
import { nextTheme, theme } from "./theme.js";

const at = (id) => document.getElementById(id);
const live = new Live();
const pane = new Messages(live, at("messages"), nobodyYet);
const composer = new Composer(live, at("composer"), "composer");
const thread = new Thread(live, at("thread"), () => closeThread());
const modal = new Modal(live);
const inspector = new Inspector(live, at("inspector"), () => inspect(false));

const seen = {
  app: "app", teams: [], person: null, channels: [], reader: { id: "", names: {}, tz: "UTC" },
  held: new Map(), unread: new Map(), place: null, home: null, inspecting: matchMedia("(min-width: 1280px)").matches,
};

const ROOMY = "(min-width: 1600px)"; // where a thread and the inspector stand side by side

const team = () => seen.teams.find((each) => each.id === seen.person?.team) ?? seen.teams[0];
const channel = () => seen.channels.find((each) => each.id === seen.place);

/** Somebody's place in the address, so that a reload brings one back: #person/place. */
function remembered() {
  const [person, place] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const every = seen.teams.flatMap((each) => each.people);
  return { person: every.find((each) => each.name === person) ?? every[0], place };
}

/** What messages of the shown channel are drawn with. */
const where = () => ({ reader: seen.reader, app: seen.app, thread: openThread, dismiss });

const label = (here) => (here.direct ? seen.app : `#${here.name}`);

function nobodyYet() {
  const here = channel();
  const place = here?.direct ? `your direct message with ${seen.app}` : `#${here?.name ?? ""}`;
  return el("div", { class: "empty" }, el("h2", {}, `This is ${place}`), el("p", {}, "Nobody has said anything yet. Type ", el("kbd", {}, "/"), " to see what the app can do."));
}

function dismiss({ ts }) {
  live.ask("dismisses", { channel: seen.place, ts }).catch((error) => toast(error.message));
}

let fromThread = null;
let inTheWay = false; // whether the inspector had to make room for the thread
function openThread(ts) {
  if (!thread.ts) fromThread = returning();
  if (seen.inspecting && !matchMedia(ROOMY).matches) {
    inspect(false);
    inTheWay = true;
  }
  document.body.classList.add("threading");
  thread.open(ts, channel(), label(channel()), seen.held.get(seen.place), where());
}

function closeThread() {
  leaveThread();
  if (inTheWay) inspect(true);
  fromThread?.();
}

/** Closes the thread without giving the focus back. */
function leaveThread() {
  thread.close();
  document.body.classList.remove("threading");
}

function be(id) {
  live.ask("be", { person: id }).catch(() => {});
}

function frame(told) {
  const same = seen.person?.id === told.person.id;
  if (seen.reader.team !== told.person.team) inspector.forget();
  seen.person = told.person;
  seen.channels = told.channels;
  seen.reader = { id: told.person.id, team: told.person.team, names: told.names, tz: told.person.tz };
  inspector.zone = told.person.tz;
  seen.held = new Map(told.channels.map((each) => [each.id, new Map()]));
  seen.unread.clear();
  seen.home = null;
  modal.show([], seen.reader);
  leaveThread();
  if (!same) {
    composer.forget();
    thread.forget();
  }
  const wanted = same ? seen.place : remembered().place;
  const found = told.channels.find((each) => each.name === wanted || each.id === wanted || (each.direct && wanted === "app"));
  go(wanted === "home" ? "home" : (found ?? told.channels[0]).id);
}

function go(place) {
  if (place !== seen.place) leaveThread();
  seen.place = place;
  seen.unread.delete(place);
  const here = channel();
  const name = here ? (here.direct ? "app" : here.name) : "home";
  history.replaceState(null, "", `#${encodeURIComponent(seen.person.name)}/${encodeURIComponent(name)}`);
  at("messages").hidden = at("composer").hidden = !here;
  at("home").hidden = Boolean(here);
  if (here) {
    composer.at(here, label(here));
    const { first, replies } = threaded(seen.held.get(here.id));
    pane.show(here.id, where(), first, replies);
    if (matchMedia("(pointer: fine)").matches && !document.querySelector("dialog[open]")) composer.focus();
  } else {
    live.ask("opens_home").then(judge, () => {});
    drawHome();
  }
  fold(true);
  drawAround();
}

function drawAround() {
  if (!seen.person) return;
  keepingFocus(at("rail"), () => drawRail(at("rail"), seen.teams, team(), (each) => be(each.people[0].id)));
  const around = { ...seen, team: team(), channel: channel(), theme: theme() };
  keepingFocus(at("sidebar"), () => drawSidebar(at("sidebar"), around, { go, be, fold: () => fold(true) }));
  const on = { unfold: () => fold(false), theme: () => { nextTheme(); drawAround(); }, inspect: () => inspect(!seen.inspecting) };
  keepingFocus(at("topbar"), () => drawTopbar(at("topbar"), { ...around, inspecting: seen.inspecting }, on));
  document.title = `${channel()?.direct === false ? `#${channel().name}` : seen.app} · ${team().name} · Playground`;
}

function showNews(held, changed) {
  const { first, replies } = threaded(held);
  pane.update(first, replies, changed);
  thread.update(seen.place, held, changed);
}

let homeSurface = null;
function drawHome() {
  if (!seen.home) {
    at("home").replaceChildren(el("div", { class: "empty" }, el("h2", {}, "Home tab"), el("p", {}, `${seen.app} has published no Home tab for ${seen.person.name}.`)));
    return;
  }
  if (homeSurface?.target.view !== seen.home.id) homeSurface = new Surface(live, { view: seen.home.id }, seen.reader);
  homeSurface.state = seen.home.state;
  keepingFocus(at("home"), () => at("home").replaceChildren(el("div", { class: "home-blocks" }, drawBlocks(seen.home.blocks, homeSurface))));
}

function inspect(on) {
  seen.inspecting = on;
  inTheWay = false;
  if (on && !matchMedia(ROOMY).matches) leaveThread();
  document.body.classList.toggle("inspecting", on);
  inspector.open(on);
  drawAround();
}

function fold(folded) {
  document.body.classList.toggle("unfolded", !folded);
  at("veil").hidden = folded;
  if (!folded) at("sidebar").querySelector("button[aria-current]")?.focus();
}

live.addEventListener("hello", ({ detail }) => {
  seen.app = detail.app;
  seen.teams = detail.teams;
  composer.commands(detail.commands);
  inspect(seen.inspecting);
  be(seen.person && detail.teams.some((each) => each.people.some(({ id }) => id === seen.person.id)) ? seen.person.id : remembered().person.id);
});
live.addEventListener("frame", ({ detail }) => frame(detail));
live.addEventListener("messages", ({ detail }) => {
  const held = seen.held.get(detail.channel);
  if (!held) return;
  // A message looks different when it has changed, and when its thread has.
  const roots = [...detail.changed, ...detail.gone.map((ts) => held.get(ts))].map((each) => each?.thread_ts).filter(Boolean);
  const changed = [...detail.gone, ...detail.changed.map(({ ts }) => ts), ...roots];
  const fresh = detail.first ? 0 : detail.changed.filter(({ ts, user }) => !held.has(ts) && user !== seen.person.id).length;
  for (const ts of detail.gone) held.delete(ts);
  for (const message of detail.changed) held.set(message.ts, message);
  if (detail.channel === seen.place) showNews(held, changed);
  else if (fresh) {
    seen.unread.set(detail.channel, (seen.unread.get(detail.channel) ?? 0) + fresh);
    drawAround();
  }
});
live.addEventListener("views", ({ detail }) => modal.show(detail.views, seen.reader));
live.addEventListener("home", ({ detail }) => {
  seen.home = detail.home;
  if (seen.place === "home") drawHome();
});
live.addEventListener("faults", ({ detail }) => inspector.faults(detail));
live.addEventListener("log", ({ detail }) => inspector.log(detail.records));
live.addEventListener("down", () => { at("offline").hidden = false; });
live.addEventListener("up", () => { at("offline").hidden = true; });

at("veil").addEventListener("click", () => fold(true));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("unfolded")) fold(true);
});
live.connect();
