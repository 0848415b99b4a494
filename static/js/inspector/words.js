/** Quantities as people read them: short, with a unit, and a dash for what is not known. */

const UNKNOWN = "–";

/**
 * @param {number} value
 * @param {number} [digits] significant digits
 * @returns {string} without trailing zeros: 0.3, 1.25, 40, 1200
 */
export function shortNumber(value, digits = 3) {
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
}

/**
 * @param {number | null | undefined} value in seconds
 * @returns {string} "80 ms" below one second, "1.5 s", "2 min 5 s" from two minutes
 */
export function seconds(value) {
  if (value == null) return UNKNOWN;
  if (value !== 0 && Math.abs(value) < 0.9995) return `${shortNumber(value * 1000)} ms`;
  if (Math.abs(value) < 120) return `${shortNumber(value)} s`;
  const whole = Math.round(value);
  const rest = whole % 60;
  return rest ? `${Math.floor(whole / 60)} min ${rest} s` : `${whole / 60} min`;
}

/**
 * A time that counts down or up: always one decimal, so that it does not dance.
 *
 * @param {number | null | undefined} value in seconds
 * @returns {string}
 */
export function ticking(value) {
  if (value == null) return UNKNOWN;
  return value < 100 ? `${Math.max(0, value).toFixed(1)} s` : seconds(Math.round(value));
}

/**
 * @param {number | null | undefined} value in milliseconds
 * @returns {string}
 */
export function milliseconds(value) {
  if (value == null) return UNKNOWN;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value >= 100 ? Math.round(value) : shortNumber(value, 2)} ms`;
}

/**
 * @param {number | null | undefined} ratio 0 to 1
 * @returns {string}
 */
export function percent(ratio) {
  return ratio == null ? UNKNOWN : `${shortNumber(ratio * 100, 3)} %`;
}

/**
 * @param {number | null | undefined} value
 * @returns {string} per second
 */
export function perSecond(value) {
  if (value == null) return UNKNOWN;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)}/s`;
}

/**
 * @param {number} count
 * @param {string} noun
 * @returns {string} "1 replica", "2 replicas"
 */
export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * @param {string} name as in the API: "half_open"
 * @returns {string} as read: "half open"
 */
export function spoken(name) {
  return name.replaceAll("_", " ");
}

/**
 * @param {string | null | undefined} text as the server words it, without capital or full stop
 * @returns {string} a name at its beginning (payments-1) stays as it is
 */
export function sentence(text) {
  const trimmed = (text ?? "").trim();
  if (!trimmed) return "";
  const end = /[.!?…]$/.test(trimmed) ? "" : ".";
  const isName = /^\S*[\d:→-]/.test(trimmed);
  return `${isName ? trimmed.charAt(0) : trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${end}`;
}
