// What went over the wires: each act of a person with the payloads, AWS calls and Kubernetes requests that followed it.

import { el, icon } from "./dom.js";
import { moment } from "./dates.js";
import { drawFaults } from "./faults.js";
import { tree } from "./json.js";

const KEPT = 400;
const WAITS = 3.5; // seconds after which an ack does not come any more

const clock = (at, zone) => `${moment(at, "{time_secs}", zone)}.${String(Math.floor((at % 1) * 1000)).padStart(3, "0")}`;
const badge = (words, kind = "") => el("span", { class: `badge ${kind}` }, words);
const milliseconds = (number) => `${number < 10 ? number.toFixed(1) : Math.round(number)} ms`;

/** What stands in a record's line: a mark, its name, and how it went. */
function line({ source, what, at, final }) {
  if (source === "aws") return ["AWS", `${what.action} ${what.region}`, what.error || String(what.status), what.error || what.status >= 400, what.milliseconds];
  if (source === "kubernetes") {
    const status = what.status === 0 ? "no answer" : String(what.status);
    return ["K8s", `${what.method} ${what.path}${what.query ? `?${what.query}` : ""} · ${what.cluster}`, status, what.status === 0 || what.status >= 400, what.milliseconds];
  }
  if (what.direction === "out") {
    const seconds = what.ack_seconds;
    const acked = typeof seconds === "number";
    const late = !acked && (final || Date.now() / 1000 - at > WAITS);
    return ["→ app", `${what.kind}${detail(what)}`, acked ? "ack" : late ? "no ack" : "waits", late, acked ? seconds * 1000 : null];
  }
  const answer = what.answer;
  const error = typeof answer === "string" ? (answer === "ok" ? null : answer) : answer && answer.ok === false ? answer.error : null;
  return ["← app", what.kind, error ?? (answer === null ? "" : "ok"), Boolean(error), null];
}

function detail({ payload }) {
  if (payload?.command) return ` ${payload.command} ${payload.text}`;
  const action = payload?.actions?.[0]?.action_id ?? payload?.action_id ?? payload?.view?.callback_id ?? payload?.event?.type;
  return payload?.type ? ` ${payload.type}${action ? ` ${action}` : ""}` : "";
}

function content({ source, what }) {
  if (source !== "slack") return [tree(what, null, true)];
  const faults = what.faults ?? [];
  return [
    faults.length ? el("ul", { class: "limits" }, faults.map((fault) => el("li", {}, fault))) : null,
    tree(what.payload, "payload", true),
    what.answer === null ? null : tree(what.answer, "answer"),
  ];
}

export class Inspector {
  #live;
  #root;
  #records = new Map();
  #nodes = new Map();
  #everywhere = false;
  #list = el("ol", { class: "acts", "aria-label": "What happened, newest first" });
  #faults = el("div", { class: "faults" });
  #nothing = el("p", { class: "nothing" }, "Nothing has happened yet.");
  #acts = []; // oldest first: {node, inside, numbers, faults}
  zone = "UTC";

  constructor(live, root, close) {
    this.#live = live;
    this.#root = root;
    root.append(
      el("div", { class: "inspector-head" }, el("h2", {}, "Inspector"), el("button", { type: "button", class: "quiet", onclick: () => this.forget() }, "Clear"), el("button", { type: "button", class: "quiet", "aria-label": "Close the inspector", onclick: close }, icon("close"))),
      el("div", { class: "inspector-body" }, el("details", { class: "fault-box" }, el("summary", {}, "Faults", el("span", { class: "fault-count" })), this.#faults), this.#scope(), this.#nothing, this.#list),
    );
  }

  /** Whether what other workspaces do is shown too. */
  #scope() {
    const box = el("input", { type: "checkbox", role: "switch", class: "switch", onchange: () => { this.#everywhere = box.checked; this.open(true); } });
    return el("label", { class: "fault scope" }, box, el("span", {}, "All workspaces"));
  }

  open(on) {
    this.#root.hidden = !on;
    this.forget();
    this.#live.ask("inspect", { on, everywhere: this.#everywhere }).catch(() => {});
  }

  /** Shows nothing of what has been until now. */
  forget() {
    this.#records.clear();
    this.#nodes.clear();
    this.#acts = [];
    this.#list.replaceChildren();
    this.#nothing.hidden = false;
  }

  faults(told) {
    const turn = (name, cluster, on, pod = "") => this.#live.ask("fault", { name, cluster, on, pod });
    const on = drawFaults(this.#faults, told, turn, (cluster, typed) => this.#live.ask("pods", { cluster, typed }));
    this.#root.querySelector(".fault-count").textContent = on ? `${on} on` : "";
  }

  /** New records, and those that have got their answer. */
  log(records) {
    this.#nothing.hidden = true;
    for (const record of records) {
      if (record.source === "act") {
        if (!this.#records.has(record.n)) this.#act(record);
      } else this.#put(record);
      this.#records.set(record.n, record);
    }
    while (this.#acts.length > 1 && this.#records.size > KEPT) this.#drop();
  }

  #drop() {
    const { node, numbers } = this.#acts.shift();
    node.remove();
    for (const number of numbers) {
      this.#records.delete(number);
      this.#nodes.delete(number);
    }
  }

  #act(record) {
    const { who, did } = record.what;
    const inside = el("ol", { class: "records" });
    const title = who ? [el("strong", {}, who), ` ${did}`] : [did];
    const broken = badge("", "bad");
    broken.hidden = true;
    const node = el("li", { class: "act" }, el("div", { class: "act-head" }, el("span", {}, title), broken, el("time", {}, clock(record.at, this.zone))), inside);
    this.#list.prepend(node);
    const act = { n: record.n, node, inside, broken, numbers: [record.n], limits: new Map() };
    this.#acts.push(act);
    return act;
  }

  /** Under which act a record stands; what came of none stands under a heading of its own, in its time. */
  #under(record) {
    const caused = record.cause ? this.#acts.find(({ n }) => n === record.cause) : null;
    if (caused) return caused;
    const last = this.#acts.at(-1);
    return last?.n === 0 ? last : this.#act({ n: 0, at: record.at, what: { who: "", did: "By itself" } });
  }

  #put(record) {
    const node = this.#drawn(record);
    const before = this.#nodes.get(record.n);
    const act = before?.act ?? this.#under(record);
    if (before) {
      node.open = before.node.open;
      before.node.replaceWith(node);
    } else {
      act.inside.append(el("li", {}, node));
      act.numbers.push(record.n);
    }
    this.#nodes.set(record.n, { node, act });
    if (record.what.faults?.length) act.limits.set(record.n, record.what.faults.length);
    const limits = [...act.limits.values()].reduce((sum, each) => sum + each, 0);
    act.broken.hidden = !limits;
    act.broken.textContent = `${limits} ${limits === 1 ? "limit" : "limits"} broken`;
  }

  #drawn(record) {
    const [mark, name, outcome, bad, took] = line(record);
    const limits = record.what.faults?.length ?? 0;
    const details = el(
      "details",
      { class: `record ${record.source} ${bad ? "bad" : ""} ${limits ? "over" : ""}`, ontoggle: fill },
      el(
        "summary",
        {},
        el("span", { class: "record-mark", title: { "→ app": "from Slack to the app", "← app": "from the app to Slack" }[mark] ?? null }, mark),
        el("span", { class: "record-name" }, name),
        limits ? badge(`${limits} ${limits === 1 ? "limit" : "limits"} broken`, "bad") : null,
        outcome ? badge(outcome, bad ? "bad" : "") : null,
        took === null ? null : el("span", { class: "took" }, milliseconds(took)),
      ),
    );

    function fill() {
      if (details.open && details.childElementCount === 1) details.append(el("div", { class: "record-body" }, ...content(record).filter(Boolean)));
    }

    return details;
  }
}
