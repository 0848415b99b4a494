/**
 * Up to now, as long as the moment that is looked at is in view; else around that moment.
 *
 * @param {number[]} times of all rows
 * @param {number | undefined} t the moment that is looked at, if it is not now
 * @param {number} window_s
 * @returns {{from: number, to: number}}
 */
export function viewAt(times, t, window_s) {
  const newest = times.at(-1) ?? 0;
  const to = t === undefined || t > newest - window_s * 0.95 ? newest : t + window_s * 0.25;
  return { from: to - window_s, to };
}
