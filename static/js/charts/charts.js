/** The three curves under the map: what users got, how long it took, how many calls it cost. */

import { faded } from "../colors.js";
import { html } from "../html.js";
import { milliseconds, shortNumber } from "../inspector/words.js";
import { OUTCOME } from "../outcomes.js";
import { windowSeconds } from "../preferences.js";
import { curves, selection, state } from "../store.js";
import { Chart } from "./plot.js";
import { answerLines, latencyLines, layerLines } from "./series.js";
import { firstInView, view } from "./view.js";

/** @typedef {import("./plot.js").ChartSpec} ChartSpec */

const first = () => firstInView(curves.value.t, view.value.from);

/** Rows of half a second that a curve is the mean of: none for a short view, more for a long one. */
const calm = () => Math.max(1, Math.round(Number(windowSeconds.value) / 40));

/** @type {ChartSpec} */
const ANSWERS = {
  title: "What users get",
  unit: "requests per second",
  empty: "No requests yet. The curve begins with the first half second.",
  floor: 8,
  data: () => answerLines(curves.value, first(), calm()),
  look(line) {
    const outcome = line.outcome ? OUTCOME[line.outcome] : null;
    if (!outcome) return { stroke: "var(--ink-2)", width: 1, weight: 3 };
    return {
      stroke: outcome.color,
      width: outcome.width,
      dash: outcome.dash,
      fill: faded(outcome.color, outcome.good ? 0.2 : 0.34),
      weight: outcome.good ? 2 : 4,
    };
  },
  read: (value) =>
    value === null ? "–" : value < 10 ? shortNumber(value, 2) : String(Math.round(value)),
  mark: (value) => shortNumber(value, 3),
};

const PERCENTILES = [
  { stroke: "var(--ink-3)", width: 1.25, weight: 1 },
  { stroke: "var(--ink-2)", width: 1.5, dash: [6, 3], weight: 2 },
  { stroke: "var(--ink)", width: 1.75, weight: 3 },
];

/** @type {ChartSpec} */
const LATENCY = {
  title: "How long it takes",
  unit: "",
  empty: "No answers yet.",
  floor: 100,
  log: true,
  data: () => latencyLines(curves.value, first()),
  look: (_, index) => PERCENTILES[index],
  read: milliseconds,
  mark: (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`),
};

/** @type {ChartSpec} */
const LAYERS = {
  title: "Calls per user request",
  unit: "",
  empty: "No calls yet.",
  floor: 1.2,
  data: () => layerLines(curves.value, first(), state.value?.services ?? []),
  look(line) {
    const chosen = selection.value?.name === line.name;
    const loud = (line.values.at(-1) ?? 0) > 1.25;
    const stroke = chosen ? "var(--accent)" : loud ? "var(--ink)" : "var(--wire)";
    return { stroke, width: chosen || loud ? 2 : 1.25, weight: line.values.at(-1) ?? 0 };
  },
  read: (value) => (value === null ? "–" : value.toFixed(value < 9.95 ? 1 : 0)),
  mark: (value) => shortNumber(value, 2),
};

export function Charts() {
  return html`<div class="charts">
    <${Chart} spec=${ANSWERS} />
    <${Chart} spec=${LATENCY} />
    <${Chart} spec=${LAYERS} />
  </div>`;
}
