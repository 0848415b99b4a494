/** The stretch of time that all charts and the timeline show, and where the cursor stands in it. */

import { computed, signal } from "@preact/signals";
import { narrow } from "../narrow.js";
import { magnified, windowSeconds } from "../preferences.js";
import { curves, past } from "../store.js";
import { viewAt } from "./view_at.js";

/** In pixels: what is left and right of every plot, so that times stand one above the other. */
export const left = computed(() => 64 * magnified.value);
export const right = computed(() => (narrow.value ? 104 : 150 * magnified.value));

/** @type {import("@preact/signals").ReadonlySignal<{from: number, to: number}>} */
export const view = computed(() =>
  viewAt(curves.value.t, past.value?.t, Number(windowSeconds.value)),
);

/** The time under the pointer, or null. */
export const cursorTime = signal(/** @type {number | null} */ (null));

/** Where lines stop being what has happened: the moment that is looked at, if it is not now. */
export const playhead = computed(() => past.value?.t ?? null);

/** @type {Set<import("uplot")>} */
const plots = new Set();

/**
 * @param {import("uplot")} plot
 * @returns {() => void} to take it out again
 */
export function joinCursor(plot) {
  plots.add(plot);
  return () => plots.delete(plot);
}

/**
 * Puts the cursor of every chart at one time, as the pointer over one of them does.
 *
 * @param {number | null} time
 */
export function pointTo(time) {
  for (const plot of plots) {
    const place = time === null ? -10 : plot.valToPos(time, "x");
    plot.setCursor({ left: place, top: time === null ? -10 : 1 }, false);
  }
  cursorTime.value = time;
}

/**
 * @param {number[]} times
 * @param {number | null} t null: now
 * @returns {number} place of the last that is not later
 */
export function lastUntil(times, t) {
  const last = times.length - 1;
  if (t === null) return last;
  const later = times.findIndex((one) => one > t + 0.001);
  return later < 0 ? last : Math.max(0, later - 1);
}

/**
 * The rows in view, with one more to the left so that lines enter from the edge.
 *
 * @param {number[]} times
 * @param {number} from
 * @returns {number} place of the first
 */
export function firstInView(times, from) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < from) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
