// The switches that make something fail.

import { el, toast } from "./dom.js";
import { select } from "./select.js";

function toggle({ name, label, on, left, spent }, cluster, turn) {
  const box = el("input", {
    type: "checkbox", role: "switch", class: "switch", data: { focus: `${name}|${cluster}` },
    onchange: async () => {
      try {
        await turn(name, cluster, box.checked);
      } catch (error) {
        box.checked = !box.checked;
        toast(error.message);
      }
    },
  });
  box.checked = on;
  const count = on && left !== null && left !== undefined ? el("span", { class: "badge bad" }, `${left} left`) : null;
  return el("label", { class: "fault" }, box, el("span", {}, label, count ? [" ", count] : null, spent ? [" ", el("span", { class: "badge" }, "used up, off again")] : null));
}

/** The select of the pod that is to crash: it asks for names as an external select does. */
function podSelect({ name, pod }, cluster, ask, turn) {
  const option = (words) => ({ value: words, text: { text: words } });
  const element = { type: "external_select", action_id: "pod", min_query_length: 0, placeholder: { text: "Which pod: the first one" } };
  const surface = {
    reader: { names: {} },
    stateOf: () => ({ selected_option: pod ? option(pod) : null }),
    act: async (what, _block, _element, more) => {
      try {
        if (what === "suggestions") return { status: "acked", groups: [{ options: (await ask(cluster, more.typed)).map(option) }] };
        await turn(name, cluster, true, more.value);
      } catch (error) {
        toast(error.message);
      }
      return null;
    },
  };
  return el("div", { class: "fault-pod" }, select(element, { block_id: cluster }, surface, { "aria-label": "Which pod crashes" }));
}

let chosen = null;

/** Draws all switches and gives how many are on; `turn` turns one, `ask` gives names of a cluster's pods. */
export function drawFaults(root, { everywhere, clusters }, turn, ask) {
  const on = (cluster) => cluster.switches.filter((each) => each.on).length;
  const focus = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  chosen = clusters.find((each) => each.arn === chosen)?.arn ?? clusters[0]?.arn;
  const place = el("div", { class: "fault-switches" });
  const draw = () => {
    const cluster = clusters.find((each) => each.arn === chosen);
    place.replaceChildren(...(cluster?.switches ?? []).flatMap((each) => {
      const own = toggle(each, cluster.arn, turn);
      return each.name === "cluster-crash" ? [own, podSelect(each, cluster.arn, ask, turn)] : [own];
    }));
  };
  const options = clusters.map((each) => el("option", { value: each.arn }, `${each.label}${on(each) ? ` (${on(each)} on)` : ""}`));
  const which = el("select", { "aria-label": "Which cluster", class: "field", data: { focus: "cluster" }, onchange: () => { chosen = which.value; draw(); } }, options);
  if (chosen) which.value = chosen;
  draw();
  root.replaceChildren(...everywhere.map((each) => toggle(each, "", turn)), ...(clusters.length ? [el("div", { class: "fault-cluster" }, "A cluster", which), place] : []));
  if (focus) root.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  return everywhere.filter((each) => each.on).length + clusters.reduce((sum, each) => sum + on(each), 0);
}
