/** Round ends for scales. */

const STEPS = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10];

/**
 * @param {number} value above 0
 * @returns {number} the next round number that leaves a little air above the value
 */
export function niceTop(value) {
  const wanted = value * 1.04;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return (STEPS.find((step) => step * power >= wanted) ?? 10) * power;
}
