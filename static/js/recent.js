/**
 * What users got in the last ten seconds, by outcome: what the top bar and the map say of them.
 *
 * @typedef {{counts: number[], ended: number, good_ratio: number | null, offered_per_s: number}} Recent
 */

import { OUTCOMES } from "./outcomes.js";

const WINDOW_S = 10;
const ROWS_PER_S = 2;

/**
 * @param {import("./types.js").Columns} columns
 * @returns {Recent} of the newest rows
 */
export function recentOf(columns) {
  const count = columns.t.length;
  const from = (columns.t[count - 1] ?? 0) - WINDOW_S;
  const counts = OUTCOMES.map(() => 0);
  let offered = 0;
  let seen = 0;
  for (let row = count - 1; row >= 0 && columns.t[row] > from; row -= 1) {
    seen += 1;
    offered += columns.offered[row];
    OUTCOMES.forEach(({ name }, outcome) => {
      counts[outcome] += columns[/** @type {"ok"} */ (name)][row] / ROWS_PER_S;
    });
  }
  const ended = counts.reduce((sum, one) => sum + one, 0);
  return {
    counts,
    ended,
    good_ratio: ended > 0 ? (counts[0] + counts[1]) / ended : null,
    offered_per_s: seen > 0 ? Math.round(offered / seen) : 0,
  };
}
