/** Text in a drawing cannot wrap or shorten itself; these measure it and shorten it to fit. */

const pen = document.createElement("canvas").getContext("2d");

/** @type {Map<string, number>} */
const known = new Map();
const MOST_KNOWN = 2000;

/**
 * @param {string} text
 * @param {number} size of the type, in pixels
 * @param {number} [weight]
 * @returns {number} pixels
 */
export function textWidth(text, size, weight = 400) {
  const key = `${weight} ${size} ${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (!pen) return text.length * size * 0.6;
  pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  const { width } = pen.measureText(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, width);
  return width;
}

/**
 * @param {string} text
 * @param {number} width in pixels
 * @param {number} size
 * @param {number} [weight]
 * @returns {string} the text, or its beginning with an ellipsis
 */
export function fitted(text, width, size, weight = 400) {
  if (textWidth(text, size, weight) <= width) return text;
  let length = text.length - 1;
  while (length > 1 && textWidth(`${text.slice(0, length)}…`, size, weight) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}
