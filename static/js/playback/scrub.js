/**
 * Between pixels of the scrub track and moments of the lab, and which moment a key leads to.
 *
 * @typedef {{from_t: number, to_t: number}} Stretch seconds of lab time, both ends included
 */

const STEP_S = 1;
const LEAP_S = 10;

/**
 * @param {number} t
 * @param {Stretch} stretch
 * @returns {number} 0 to 1
 */
export function shareAt(t, { from_t, to_t }) {
  if (to_t <= from_t) return 1;
  return Math.max(0, Math.min(1, (t - from_t) / (to_t - from_t)));
}

/**
 * @param {number} share 0 to 1 of the track
 * @param {Stretch} stretch
 * @returns {number} a moment, to a tenth of a second
 */
export function momentAt(share, stretch) {
  const { from_t, to_t } = stretch;
  return within(from_t + (to_t - from_t) * share, stretch);
}

/**
 * @param {number} t
 * @param {{key: string, shiftKey: boolean}} press
 * @param {Stretch} stretch
 * @returns {number | null} the moment it leads to; null: not a key for this
 */
export function momentByKey(t, { key, shiftKey }, stretch) {
  const step_s = shiftKey ? LEAP_S : STEP_S;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return within(t - step_s, stretch);
    case "ArrowRight":
    case "ArrowUp":
      return within(t + step_s, stretch);
    case "PageDown":
      return within(t - LEAP_S, stretch);
    case "PageUp":
      return within(t + LEAP_S, stretch);
    case "Home":
      return stretch.from_t;
    default:
      return null;
  }
}

/**
 * @param {number} t
 * @param {Stretch} stretch
 */
function within(t, { from_t, to_t }) {
  return Math.max(from_t, Math.min(to_t, Math.round(t * 10) / 10));
}
