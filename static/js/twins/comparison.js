/**
 * The rows of two labs on one axis of time, and what they say side by side.
 *
 * @typedef {import("../types.js").Columns} Columns
 * @typedef {(number | null)[]} Values
 * @typedef {{
 *   name: string, title: string, about: string, better: "more" | "less",
 *   values: (columns: Columns) => Values, read: (value: number | null) => string,
 *   gap: (a: number, b: number) => string,
 * }} Measure gap: what B has over A, in words
 */

import { milliseconds } from "../inspector/words.js";

const ROWS_PER_S = 2;
/** A share of half a second is noisy: each point is the mean of this many. */
const CALM_ROWS = 4;
const RECENT_ROWS = 20;
const WAITING_ROWS = 3;
/** What chance alone makes differ in ten seconds. */
const NOISE_RATIO = 0.05;
const NOISE_POINTS = 0.01;

/** @type {readonly Measure[]} */
export const MEASURES = [
  {
    name: "served",
    title: "Served",
    about: "share of the users' requests that got an answer they could use",
    better: "more",
    values: (columns) => servedRatios(columns),
    read: (value) => (value === null ? "–" : `${percentWords(value)} %`),
    gap: (a, b) => `${signed(Math.round((b - a) * 1000) / 10)} points`,
  },
  {
    name: "useful",
    title: "Useful answers",
    about: "full and degraded answers in a second",
    better: "more",
    values: (columns) => calm(columns.ok.map((ok, row) => ok + columns.degraded[row])),
    read: (value) => (value === null ? "–" : `${oneDigit(value)}/s`),
    gap: (a, b) => `${signed(Math.round((b - a) * 10) / 10)}/s`,
  },
  {
    name: "p95",
    title: "p95",
    about: "nineteen of twenty answers came within this time",
    better: "less",
    values: (columns) => calm(columns.p95_ms),
    read: milliseconds,
    gap: (a, b) => (b === a ? "0 ms" : `${b > a ? "+" : "−"}${milliseconds(Math.abs(b - a))}`),
  },
  {
    name: "calls",
    title: "Calls per request",
    about: "calls inside the system for each request of a user",
    better: "less",
    values: (columns) => calm(callsPerRequest(columns)),
    read: (value) => (value === null ? "–" : value.toFixed(2)),
    gap: (a, b) => signed(Math.round((b - a) * 100) / 100),
  },
];

/**
 * @param {{times: number[], values: Values}} a
 * @param {{times: number[], values: Values}} b
 * @param {number} offset_s what is added to B's times to get A's
 * @returns {{times: number[], a: Values, b: Values}} at every half second that either knows
 */
export function aligned(a, b, offset_s) {
  const atA = bySlot(a, 0);
  const atB = bySlot(b, offset_s);
  const slots = [...new Set([...atA.keys(), ...atB.keys()])].sort((one, other) => one - other);
  return {
    times: slots.map((slot) => slot / ROWS_PER_S),
    a: carried(slots.map((slot) => atA.get(slot) ?? null)),
    b: carried(slots.map((slot) => atB.get(slot) ?? null)),
  };
}

/**
 * Rows of two labs do not come at the same instant: the newest of one holds until its next comes.
 *
 * @param {Values} values
 */
function carried(values) {
  const last = values.findLastIndex((value) => value !== null);
  const waits = last >= 0 && values.length - 1 - last <= WAITING_ROWS;
  return values.map((value, row) => (waits && row > last ? values[last] : value));
}

/**
 * @param {Columns} columns
 * @param {Measure} measure
 * @returns {number | null} its mean over the last ten seconds
 */
export function presentOf(columns, measure) {
  const known = measure
    .values(columns)
    .slice(-RECENT_ROWS)
    .filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, one) => sum + one, 0) / known.length : null;
}

/**
 * @param {Measure} measure
 * @param {number | null} a
 * @param {number | null} b
 * @returns {"better" | "worse" | "same" | "unknown"} how B is compared with A
 */
export function verdict(measure, a, b) {
  if (a === null || b === null) return "unknown";
  const noise = measure.name === "served" ? NOISE_POINTS : Math.max(a, b) * NOISE_RATIO;
  if (Math.abs(b - a) <= noise) return "same";
  return b > a === (measure.better === "more") ? "better" : "worse";
}

/** @param {Columns} columns */
function servedRatios(columns) {
  const good = trailing(columns.ok.map((ok, row) => ok + columns.degraded[row]));
  const all = trailing(columns.ok.map((_, row) => endedIn(columns, row)));
  return good.map((value, row) => (all[row] > 0 ? value / all[row] : null));
}

/**
 * @param {Columns} columns
 * @param {number} row
 */
function endedIn(columns, row) {
  return (
    columns.ok[row] +
    columns.degraded[row] +
    columns.failed[row] +
    columns.timed_out[row] +
    columns.refused[row] +
    columns.shed[row] +
    columns.short_circuited[row]
  );
}

/**
 * @param {Columns} columns
 * @returns {Values} attempts that all services together got for one request of a user
 */
function callsPerRequest(columns) {
  const layers = Object.values(columns.layers);
  return columns.t.map((_, row) => {
    const known = layers.map((layer) => layer[row]).filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null;
  });
}

/** @param {Values} values */
function calm(values) {
  return values.map((value, row) => {
    if (value === null) return null;
    const near = values
      .slice(Math.max(0, row + 1 - CALM_ROWS), row + 1)
      .filter((one) => one !== null);
    return near.reduce((sum, one) => sum + one, 0) / near.length;
  });
}

/** @param {number[]} values */
function trailing(values) {
  let sum = 0;
  return values.map((value, row) => {
    sum += value - (values[row - CALM_ROWS] ?? 0);
    return Math.max(0, sum);
  });
}

/** @type {(series: {times: number[], values: Values}, offset_s: number) => Map<number, number | null>} */
function bySlot({ times, values }, offset_s) {
  return new Map(
    times.map((t, row) => [Math.round((t + offset_s) * ROWS_PER_S), values[row] ?? null]),
  );
}

/** @param {number} ratio */
function percentWords(ratio) {
  const percent = ratio * 100;
  if (percent > 99.9 && percent < 100) return "99.9";
  return percent >= 99.95 ? "100" : percent.toFixed(1);
}

/** @param {number} value */
function oneDigit(value) {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1);
}

/** @param {number} value */
function signed(value) {
  if (value === 0) return "0";
  return `${value > 0 ? "+" : "−"}${Math.abs(value)}`;
}
