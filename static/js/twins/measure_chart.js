/** The difference chart: one measure of both twins on one axis, and the difference as a band. */

import { signal } from "@preact/signals";
import { Chart } from "../charts/plot.js";
import { firstInView } from "../charts/view.js";
import { viewAt } from "../charts/view_at.js";
import { sliced } from "../columns.js";
import { html } from "../html.js";
import { windowSeconds } from "../preferences.js";
import { aligned, MEASURES } from "./comparison.js";

const LEAD_ROWS = 4;
const LEAST_VIEW_S = 20;
/** Above 100 %, so that a line along it is seen whole. */
const AIR = 0.03;

/** @typedef {import("./pair.js").Pair} Pair */

export const measure = signal(MEASURES[0]);

/** @param {{pair: Pair}} props */
export function MeasureChart({ pair }) {
  return html`<div class="measure">
    <div class="measure-choice" role="group" aria-label="What is compared">
      ${MEASURES.map(
        (one) => html`<button
          type="button"
          key=${one.name}
          class="measure-button"
          aria-pressed=${one === measure.value ? "true" : "false"}
          title=${one.about}
          onClick=${() => {
            measure.value = one;
          }}
        >
          ${one.title}
        </button>`,
      )}
    </div>
    <${Chart} key=${measure.value.name} spec=${specOf(pair, measure.value)} />
  </div>`;
}

/** @type {WeakMap<Pair, Map<string, import("../charts/plot.js").ChartSpec>>} */
const specs = new WeakMap();

/**
 * The same object every time, since a chart is built for its spec.
 *
 * @param {Pair} pair
 * @param {import("./comparison.js").Measure} measure
 * @returns {import("../charts/plot.js").ChartSpec}
 */
function specOf(pair, measure) {
  const known = specs.get(pair) ?? new Map();
  specs.set(pair, known);
  const found = known.get(measure.name) ?? makeSpec(pair, measure);
  known.set(measure.name, found);
  return found;
}

/** @type {(pair: Pair, measure: import("./comparison.js").Measure) => import("../charts/plot.js").ChartSpec} */
function makeSpec(pair, measure) {
  const view = () => viewOf(pair);
  const series = (/** @type {"a" | "b"} */ side) => {
    const { t } = pair[side].curves.value;
    const offset_s = side === "b" ? pair.offset_s.value : 0;
    const first = Math.max(0, firstInView(t, view().from - offset_s) - LEAD_ROWS);
    const columns = sliced(pair[side].curves.value, first);
    return { times: columns.t, values: measure.values(columns) };
  };
  return {
    title: measure.title,
    unit: measure.about,
    empty: "Nothing to compare yet. The curves begin with the first half second.",
    floor: FLOORS[measure.name],
    view,
    playhead: () => playheadOf(pair),
    band: true,
    clock: true,
    right: 96,
    range: measure.name === "served" ? ratioRange : undefined,
    ticks: measure.name === "served" ? (low) => [low, (low + 1) / 2, 1] : undefined,
    isEmpty: () => pair.a.curves.value.t.length === 0 && pair.b.curves.value.t.length === 0,
    data() {
      const { times, a, b } = aligned(series("a"), series("b"), pair.offset_s.value);
      return { times, lines: [line("A", a), line("B", b)] };
    },
    look: (_, index) => LOOKS[index],
    read: measure.read,
    mark: MARKS[measure.name],
  };
}

const LOOKS = [
  { stroke: "var(--ink)", width: 2, dash: [7, 4], weight: 1 },
  { stroke: "var(--accent)", width: 2.5, weight: 2 },
];

/** @type {Readonly<Record<string, number>>} */
const FLOORS = { served: 0.96, useful: 8, p95: 100, calls: 1.2 };

/** @type {Readonly<Record<string, (value: number) => string>>} */
const MARKS = {
  served: (value) => `${Math.round(value * 100)} %`,
  useful: (value) => String(Math.round(value)),
  p95: (value) => (value >= 1000 ? `${value / 1000} s` : `${Math.round(value)} ms`),
  calls: (value) => String(Math.round(value * 10) / 10),
};

/**
 * @param {number} low
 * @returns {[number, number]} close enough to the lines that their distance is seen
 */
function ratioRange(low) {
  const bottom = low >= 0.9 ? 0.9 : low >= 0.5 ? 0.5 : 0;
  return [bottom, 1 + (1 - bottom) * AIR];
}

/** @param {Pair} pair */
function viewOf(pair) {
  const { a, b } = pair;
  const newest_t = Math.max(
    a.curves.value.t.at(-1) ?? 0,
    (b.curves.value.t.at(-1) ?? 0) + pair.offset_s.value,
  );
  const { from, to } = viewAt(
    [newest_t],
    playheadOf(pair) ?? undefined,
    Number(windowSeconds.value),
  );
  return { from: Math.max(0, from), to: Math.max(to, LEAST_VIEW_S) };
}

/**
 * The moment up to which both have come, where one of them is known beyond it.
 *
 * @param {Pair} pair
 * @returns {number | null}
 */
function playheadOf({ a, b, offset_s }) {
  if (!a.past.value && !b.past.value) return null;
  return b.past.value ? b.past.value.t + offset_s.value : b.t.value;
}

/**
 * @param {string} name
 * @param {(number | null)[]} values
 */
function line(name, values) {
  return { name, word: name, outcome: null, values, drawn: values, top: values };
}
