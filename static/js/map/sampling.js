/**
 * How many of the requests are drawn: all, or one in 2, 4, 8, …, evenly over wires and outcomes, so
 * that what is drawn is a fair picture of the whole.
 */

export const MOST_DRAWN = 150;
const ROOMY = 0.6;
const COARSEST = 256;

/**
 * @param {number} now one in how many is drawn at present
 * @param {number} per_s requests that end in a second
 * @param {number} life_s how long one is drawn, on average
 * @returns {number} one in how many to draw from now on; finer again only with room to spare
 */
export function oneIn(now, per_s, life_s) {
  let next = now;
  while (next < COARSEST && (per_s * life_s) / next > MOST_DRAWN * 0.92) next *= 2;
  while (next > 1 && (per_s * life_s) / (next / 2) < MOST_DRAWN * ROOMY) next /= 2;
  return next;
}

/** Counts up to the next one to draw, apart for each wire and outcome. */
export class Sampler {
  /** @param {number} slots */
  constructor(slots) {
    this.owed = new Float32Array(slots);
  }

  /**
   * @param {number} slot
   * @param {number} count of what ended
   * @param {number} one_in
   * @returns {number} how many of them to draw
   */
  take(slot, count, one_in) {
    if (one_in === 1) return count;
    const owed = this.owed[slot] + count / one_in;
    const whole = Math.floor(owed);
    this.owed[slot] = owed - whole;
    return whole;
  }
}
