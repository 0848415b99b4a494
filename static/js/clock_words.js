/**
 * The lab's clock in words.
 *
 * @param {number} t seconds since the lab started
 * @param {number} [digits]
 * @returns {string} "2:05", "2:05.3"
 */
export function clockWords(t, digits = 0) {
  const rounded = Number(Math.max(0, t).toFixed(digits));
  const minutes = Math.floor(rounded / 60);
  const rest = (rounded - minutes * 60).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, "0")}`;
}
