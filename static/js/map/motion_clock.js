/**
 * The time by which requests travel: it passes as the lab's does, at a quarter of the speed or
 * twice, and stands still with it; but never so fast that nothing could be seen any more.
 */

const FASTEST = 4;
const LONGEST_STEP_MS = 100;

export class MotionClock {
  constructor() {
    this.rate = 1;
    this.ms = 0;
    this.read_ms = Number.NaN;
  }

  /**
   * @param {number} now_ms of the wall clock
   * @returns {number} milliseconds; never goes back
   */
  at(now_ms) {
    const passed_ms = Math.max(0, now_ms - (this.read_ms || now_ms));
    this.read_ms = now_ms;
    this.ms += Math.min(LONGEST_STEP_MS, passed_ms) * this.rate;
    return this.ms;
  }

  /**
   * From now on.
   *
   * @param {number} rate lab seconds in a second; 0: it stands still
   * @param {number} now_ms
   */
  go(rate, now_ms) {
    this.at(now_ms);
    this.rate = Math.min(FASTEST, rate);
  }

  /** @param {number} ms that passed in one step while it stood still */
  skip(ms) {
    this.ms += Math.max(0, ms);
  }
}
