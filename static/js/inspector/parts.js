/**
 * Counters that only grow, as what they grew by of late, and as shares of it.
 *
 * @typedef {Record<string, number>} Counts
 */

import { percent } from "./words.js";

/**
 * @param {{t: number, figure: Counts | null}[]} recent oldest first; null where there was no news
 * @param {string[]} keys
 * @param {number} over_s as of the newest, or since the one before where that is longer ago
 * @returns {number[]} by how much each grew; from nothing, where a counter began anew
 */
export function changeOf(recent, keys, over_s) {
  const known = recent.filter((one) => one.figure !== null);
  const last = known.at(-1);
  if (!last) return keys.map(() => 0);
  const from = known.findIndex((one) => one.t >= last.t - over_s);
  const first = known[Math.max(0, Math.min(from, known.length - 2))];
  const before = first.figure ?? {};
  const now = last.figure ?? {};
  const isNew = keys.some((key) => (now[key] ?? 0) < (before[key] ?? 0));
  return keys.map((key) => (now[key] ?? 0) - (isNew ? 0 : (before[key] ?? 0)));
}

/**
 * @param {number[]} counts
 * @returns {number[] | null} null: there is nothing to share
 */
export function sharesOf(counts) {
  const whole = counts.reduce((sum, one) => sum + one, 0);
  return whole > 0 ? counts.map((one) => one / whole) : null;
}

/**
 * @param {number} share
 * @returns {string} in whole per cents; all and none only where it is all and none
 */
export function shareWords(share) {
  if (share > 0 && share < 0.01) return "< 1 %";
  if (share > 0.99 && share < 1) return "> 99 %";
  return percent(Math.round(share * 100) / 100);
}
