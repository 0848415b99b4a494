/** How fast lab time may pass, as a choice and in words. */

/** @type {readonly (number | null)[]} lab seconds in a second; null: as fast as it goes */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, null];

/**
 * @param {number | null} speed
 * @returns {string} "¼×", "2×", "as fast as it goes"
 */
export function speedWords(speed) {
  if (speed === null) return "as fast as it goes";
  if (speed === 0.25) return "¼×";
  if (speed === 0.5) return "½×";
  return `${speed >= 10 ? Math.round(speed) : Number(speed.toFixed(1))}×`;
}

/**
 * @param {number | null} speed
 * @param {1 | -1} by one step faster or slower
 * @returns {number | null}
 */
export function nextSpeed(speed, by) {
  const last = SPEEDS.length - 1;
  const here = speed === null ? last : SPEEDS.findIndex((one) => one !== null && one >= speed);
  return SPEEDS[Math.max(0, Math.min(last, (here < 0 ? last - 1 : here) + by))];
}
