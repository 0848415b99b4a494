/** Text in a drawing cannot wrap or shorten itself; these estimate how much of it fits. */

const AVERAGE_EM = 0.56;
const MONO_EM = 0.61;

/**
 * @param {string} text
 * @param {number} width in pixels
 * @param {number} size of the type, in pixels
 * @returns {string} the text, or its beginning with an ellipsis
 */
export function fitted(text, width, size) {
  const most = Math.floor(width / (size * AVERAGE_EM));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/**
 * @param {string} text
 * @param {number} size
 */
export function monoWidth(text, size) {
  return text.length * size * MONO_EM;
}

/**
 * @param {string} text
 * @param {number} size
 */
export function textWidth(text, size) {
  return text.length * size * AVERAGE_EM;
}
