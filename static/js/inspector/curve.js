/**
 * The last seconds of one figure as the path of a small curve, in a box of WIDTH by HEIGHT.
 *
 * @typedef {{t: number, figure: number | null}} Point
 */

export const WIDTH = 200;
export const HEIGHT = 28;

/** Below so many points in its time a curve takes the last ones, however long ago: time flies. */
const ENOUGH = 5;

/**
 * @param {Point[]} points oldest first; null leaves a gap
 * @param {number} span_s from the left edge to the newest point, at the right
 * @param {number} most the figure at the upper edge; what is above it is drawn there
 * @returns {string} empty where there is nothing to draw
 */
export function curvePath(points, span_s, most) {
  const last = points.at(-1);
  if (!last) return "";
  const late = points.filter((point) => point.t >= last.t - span_s);
  const shown = late.length >= ENOUGH ? late : points.slice(-ENOUGH);
  const span = late.length >= ENOUGH ? span_s : Math.max(span_s, last.t - shown[0].t);
  let path = "";
  let isGap = true;
  for (const { t, figure } of shown) {
    if (figure === null) {
      isGap = true;
      continue;
    }
    const x = WIDTH * (1 - (last.t - t) / span);
    path += `${isGap ? "M" : "L"}${x.toFixed(1)} ${heightOf(figure, most).toFixed(1)}`;
    isGap = false;
  }
  return path;
}

/**
 * @param {number} figure
 * @param {number} most
 * @returns {number} from the upper edge
 */
export function heightOf(figure, most) {
  return HEIGHT * (1 - Math.max(0, Math.min(1, most > 0 ? figure / most : 0)));
}
