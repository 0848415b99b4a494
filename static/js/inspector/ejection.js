/** How near an instance is to its ejection, or how long it still is out, as a level. */

import { percent, ticking } from "./words.js";

/**
 * @param {any} snapshot of outlier ejection
 * @param {string} name of an instance
 * @param {number} most failures in a row eject it
 * @returns {import("./levels.js").Level}
 */
export function ejectionLevel(snapshot, name, most) {
  const out = snapshot.out[name];
  if (out) {
    return {
      share: Math.max(0, Math.min(1, out.left_s / out.lasts_s)),
      marks: [],
      words: `⊘ out, back in ${ticking(out.left_s)}`,
      tone: "over",
    };
  }
  const in_a_row = snapshot.in_a_row[name] ?? 0;
  const share = snapshot.shares[name];
  const good = share == null ? "no call yet" : `${percent(Math.round(share * 100) / 100)} good`;
  return {
    share: Math.min(1, in_a_row / most),
    marks: [],
    words: `${in_a_row} of ${most} bad, ${good}`,
    tone: in_a_row > 0 ? "low" : "plain",
  };
}
