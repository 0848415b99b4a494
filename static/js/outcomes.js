/**
 * How a call can end: one word, one colour, one shape and one line for each, everywhere.
 *
 * @typedef {"circle" | "half" | "cross" | "hourglass" | "bar"} Shape
 * @typedef {{
 *   name: string, word: string, color: string, ink: string, shape: Shape, dash: number[],
 *   width: number, good: boolean,
 * }} Outcome
 *   color: for marks and lines; ink: the same for text, with enough contrast. Both are CSS values.
 */

/** @type {readonly Outcome[]} in the order of every list of seven counts */
export const OUTCOMES = [
  outcome("ok", "ok", "ok", "circle", [], 1.5, true),
  outcome("degraded", "degraded", "degraded", "half", [9, 4], 1.75, true),
  outcome("failed", "failed", "failed", "cross", [], 2.5, false),
  outcome("timed_out", "timed out", "timed-out", "hourglass", [2, 3], 2, false),
  outcome("refused", "refused", "refused", "bar", [5, 3], 1.75, false),
  outcome("shed", "shed", "refused", "bar", [5, 3], 1.75, false),
  outcome("short_circuited", "short-circuited", "refused", "bar", [5, 3], 1.75, false),
];

/** @type {Readonly<Record<string, Outcome>>} */
export const OUTCOME = Object.fromEntries(OUTCOMES.map((one) => [one.name, one]));

/**
 * @param {import("./types.js").Counts} counts
 * @returns {number} all that ended
 */
export function total(counts) {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/**
 * @param {import("./types.js").Counts} counts
 * @returns {number} what the caller could use: ok and degraded
 */
export function good(counts) {
  return counts[0] + counts[1];
}

/**
 * @param {string} name
 * @param {string} word
 * @param {string} tone of the CSS variables
 * @param {Shape} shape
 * @param {number[]} dash
 * @param {number} width
 * @param {boolean} isGood
 * @returns {Outcome}
 */
function outcome(name, word, tone, shape, dash, width, isGood) {
  const color = `var(--${tone})`;
  return { name, word, color, ink: `var(--${tone}-ink)`, shape, dash, width, good: isGood };
}
