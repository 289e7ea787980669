// The switches that make something fail.

import { el, toast } from "./dom.js";

function toggle({ name, label, on }, cluster, turn) {
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
  return el("label", { class: "fault" }, box, el("span", {}, label));
}

let chosen = null;

/** Draws all switches and gives how many are on; `turn` turns one. */
export function drawFaults(root, { everywhere, clusters }, turn) {
  const on = (cluster) => cluster.switches.filter((each) => each.on).length;
  const focus = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  chosen = clusters.find((each) => each.arn === chosen)?.arn ?? clusters[0]?.arn;
  const place = el("div");
  const draw = () => {
    const cluster = clusters.find((each) => each.arn === chosen);
    place.replaceChildren(...(cluster?.switches ?? []).map((each) => toggle(each, cluster.arn, turn)));
  };
  const options = clusters.map((each) => el("option", { value: each.arn }, `${each.label}${on(each) ? ` (${on(each)} on)` : ""}`));
  const select = el("select", { "aria-label": "Which cluster", class: "field", data: { focus: "cluster" }, onchange: () => { chosen = select.value; draw(); } }, options);
  if (chosen) select.value = chosen;
  draw();
  root.replaceChildren(...everywhere.map((each) => toggle(each, "", turn)), ...(clusters.length ? [el("div", { class: "fault-cluster" }, "A cluster", select), place] : []));
  if (focus) root.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  return everywhere.filter((each) => each.on).length + clusters.reduce((sum, each) => sum + on(each), 0);
}
