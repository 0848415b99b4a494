/**
 * From a parameter's range to the travel of its slider, 0 to 1000.
 *
 * @typedef {import("../types.js").Parameter} Parameter
 * @typedef {{low: number, high: number, growing: boolean, whole: boolean}} Scale
 *   growing: equal steps of the slider multiply the value
 */

export const TRAVEL = 1000;

const WIDE = 40;
const BEYOND_DEFAULT = 20;

/**
 * A sensible range: a parameter may allow hours, its slider reaches twenty times the default.
 *
 * @param {Parameter} parameter
 * @returns {Scale}
 */
export function scaleOf(parameter) {
  const usual = Math.abs(Number(parameter.default)) || 1;
  const low = parameter.minimum ?? 0;
  const reach = niceAbove(usual * BEYOND_DEFAULT);
  const high = Math.max(low, Math.min(parameter.maximum ?? reach, isShare(parameter) ? 1 : reach));
  const growing = low >= 0 && high / Math.max(low, usual / 10) > WIDE && !isShare(parameter);
  return { low, high, growing, whole: parameter.kind === "integer" };
}

/**
 * @param {Pick<Parameter, "name" | "unit">} parameter
 * @returns {boolean} whether people read it in per cent
 */
export function isShare(parameter) {
  return parameter.unit === "ratio" || /(^|_)ratio$/.test(parameter.name);
}

/**
 * @param {Scale} scale
 * @param {number} value
 * @returns {number} 0 to TRAVEL, clamped
 */
export function positionOf(scale, value) {
  const { low, high, growing } = scale;
  if (high <= low) return 0;
  const bend = (high - low) / 50;
  const share = growing
    ? Math.log1p((value - low) / bend) / Math.log1p((high - low) / bend)
    : (value - low) / (high - low);
  return Math.round(Math.max(0, Math.min(1, share)) * TRAVEL);
}

/**
 * @param {Scale} scale
 * @param {number} position 0 to TRAVEL
 * @returns {number} rounded to what a hand can mean: two significant digits, or whole
 */
export function valueAt(scale, position) {
  const { low, high, growing, whole } = scale;
  if (position <= 0) return low;
  if (position >= TRAVEL) return high;
  const bend = (high - low) / 50;
  const share = position / TRAVEL;
  const exact = growing
    ? low + bend * Math.expm1(share * Math.log1p((high - low) / bend))
    : low + share * (high - low);
  return whole ? Math.round(exact) : Number(exact.toPrecision(2));
}

/**
 * A little more or a little less: half of the leading digit's unit, so 0.3 goes to 0.35.
 *
 * @param {Scale} scale
 * @param {number} value
 * @param {1 | -1} way
 * @returns {number} never below the least
 */
export function nudged(scale, value, way) {
  if (scale.whole) return Math.max(scale.low, value + way);
  const step = value > 0 ? 10 ** Math.floor(Math.log10(value)) / 2 : (scale.high - scale.low) / 50;
  return Math.max(scale.low, Number((value + way * step).toPrecision(3)));
}

/**
 * The numbers named in a parameter's reference: "resilience4j 60 s, Hystrix 5 s" → both.
 *
 * @param {Parameter} parameter
 * @returns {number[]} in the parameter's own unit
 */
export function referenceMarks(parameter) {
  const found = (parameter.reference ?? "").matchAll(
    /(?<![\w.])(\d+(?:\.\d+)?)\s*(ms|s|%)?(?!\w)/g,
  );
  return [...found].map(([, digits, unit]) => inOwnUnit(Number(digits), unit, parameter));
}

/**
 * @param {number} value
 * @param {string | undefined} unit
 * @param {Parameter} parameter
 */
function inOwnUnit(value, unit, parameter) {
  if (unit === "ms" && parameter.unit === "s") return value / 1000;
  if (unit === "s" && parameter.unit === "ms") return value * 1000;
  if (unit === "%" && isShare(parameter)) return value / 100;
  return value;
}

/** @param {number} value */
function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => one * power >= value * 0.999) ?? 10;
  return factor * power;
}
