// data_visualization as SVG: bar, line, area and pie, with a table of the same numbers for those who do not see it.

import { el, fresh, svg } from "./dom.js";

const WIDTH = 560;
const HEIGHT = 240;
const LEFT = 48;
const BOTTOM = 44;
const TOP = 24;
const RIGHT = 12;
const COLOURS = 6;
const CHARACTER = 6.5; // of an axis, about as wide as one is

const LARGEST = 1e15;
const MOST_TICKS = 12;

/** A point's number, within what can be drawn. */
function value(point) {
  const given = Number(point?.value);
  return Number.isFinite(given) ? Math.max(-LARGEST, Math.min(LARGEST, given)) : 0;
}

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Round numbers that enclose all values and nought. */
function scale(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const span = Math.max(high - low, 1e-9);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const ticks = [];
  for (let tick = Math.floor(low / step) * step; ticks.length < MOST_TICKS; tick += step) {
    ticks.push(Number(tick.toPrecision(12)));
    if (tick >= high) break;
  }
  const [first, last] = [ticks[0], ticks.at(-1)];
  const y = (number) => TOP + (1 - (number - first) / (last - first || 1)) * (HEIGHT - TOP - BOTTOM);
  return { ticks, y };
}

function axes({ ticks, y }, categories, x, config) {
  const lines = ticks.flatMap((tick) => [
    svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), class: tick ? "grid" : "axis" }),
    svg("text", { x: LEFT - 6, y: y(tick) + 4, class: "tick end" }, short.format(tick)),
  ]);
  const every = Math.ceil(categories.length / 10);
  // What does not fit between its neighbours stands whole in the numbers below.
  const room = Math.max(3, Math.floor(((WIDTH - LEFT - RIGHT) / Math.max(categories.length, 1)) * every / CHARACTER));
  const named = (name) => (name.length > room ? `${name.slice(0, room - 1)}…` : name);
  const names = categories.map((name, index) =>
    index % every ? [] : svg("text", { x: x(index), y: HEIGHT - BOTTOM + 16, class: "tick middle" }, named(String(name))),
  );
  const labels = [
    svg("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, class: "tick middle" }, String(config.x_label ?? "")),
    svg("text", { x: 4, y: 11, class: "tick" }, String(config.y_label ?? "")),
  ];
  return [...lines, ...names.flat(), ...labels];
}

function plotted(chart) {
  const series = Array.isArray(chart.series) ? chart.series : [];
  const config = chart.axis_config ?? {};
  const categories = Array.isArray(config.categories) ? config.categories : [];
  const frame = scale(series.flatMap((each) => (each.data ?? []).map(value)));
  const band = (WIDTH - LEFT - RIGHT) / Math.max(categories.length, 1);
  const x = (index) => LEFT + band * (index + 0.5);
  const nought = frame.y(0);
  const shapes = series.flatMap((each, number) => {
    const data = each.data ?? [];
    const colour = `series-${number % COLOURS}`;
    if (chart.type === "bar") {
      const wide = Math.max((band * 0.72) / series.length, 1);
      return data.map((point, index) => {
        const top = Math.min(frame.y(value(point)), nought);
        const left = x(index) - (wide * series.length) / 2 + wide * number;
        return svg("rect", { x: left, y: top, width: Math.max(wide - 1, 1), height: Math.abs(frame.y(value(point)) - nought), rx: 2, class: colour });
      });
    }
    const points = data.map((point, index) => `${x(index)},${frame.y(value(point))}`);
    const line = svg("polyline", { points: points.join(" "), class: `line ${colour}` });
    if (chart.type !== "area" || !points.length) return [line];
    const area = `${x(0)},${nought} ${points.join(" ")} ${x(points.length - 1)},${nought}`;
    return [svg("polygon", { points: area, class: `area ${colour}` }), line];
  });
  return { nodes: [...axes(frame, categories, x, config), ...shapes], legend: series.map((each) => String(each.name)) };
}

function pie(chart) {
  const segments = Array.isArray(chart.segments) ? chart.segments : [];
  const total = segments.reduce((sum, each) => sum + Math.max(value(each), 0), 0) || 1;
  const [cx, cy, radius] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 12];
  let angle = -Math.PI / 2;
  const at = (turn) => `${cx + radius * Math.cos(turn)} ${cy + radius * Math.sin(turn)}`;
  const nodes = segments.map((each, number) => {
    const share = Math.max(value(each), 0) / total;
    const [from, to] = [angle, angle + share * 2 * Math.PI];
    angle = to;
    const colour = `series-${number % COLOURS}`;
    if (share > 0.999) return svg("circle", { cx, cy, r: radius, class: colour });
    return svg("path", { d: `M${cx} ${cy} L${at(from)} A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${at(to)} Z`, class: `slice ${colour}` });
  });
  return { nodes, legend: segments.map((each) => `${each.label}: ${each.value}`) };
}

function numbers(chart) {
  const rows = chart.type === "pie"
    ? (chart.segments ?? []).map((each) => [each.label, each.value])
    : (chart.series ?? []).flatMap((each) => (each.data ?? []).map((point) => [`${each.name}, ${point.label}`, point.value]));
  const body = rows.map((row) => el("tr", {}, el("th", { scope: "row" }, String(row[0])), el("td", {}, String(row[1]))));
  return el("details", { class: "numbers" }, el("summary", {}, "As numbers"), el("table", { class: "table" }, el("tbody", {}, body)));
}

export function chart(block) {
  const given = block.chart ?? {};
  const title = fresh("chart");
  const { nodes, legend } = given.type === "pie" ? pie(given) : plotted(given);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-labelledby": title }, nodes);
  const keys = legend.map((name, index) => el("li", {}, el("span", { class: `swatch series-${index % COLOURS}` }), name));
  return el("figure", { class: "chart" }, el("figcaption", { id: title }, String(block.title ?? "")), drawing, el("ul", { class: "legend" }, keys), numbers(given));
}
