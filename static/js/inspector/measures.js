/** Figures that move, as bars and words take them. */

import { seconds } from "./words.js";

/**
 * @param {number} value
 * @param {number} whole
 */
export function part(value, whole) {
  return whole > 0 && value > 0 ? Math.min(1, value / whole) : 0;
}

/** @param {number} ratio to whole per cents, which are read; the bar is exact */
export function round(ratio) {
  return Math.round(ratio * 100) / 100;
}

/** @param {number} value that moves: always one decimal, so that it does not dance */
export function fixed(value) {
  return value.toFixed(1);
}

/** @param {number | null | undefined} value in seconds, to two digits */
export function short_s(value) {
  return seconds(value == null ? null : Number(value.toPrecision(2)));
}
