/**
 * Where badges may stand on their wires without covering a card or each other. Every wire has its
 * spot at all times, whether it has something to say or not, so that words never jump.
 *
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./scene.js").Wire} Wire
 * @typedef {{x: number, y: number}} Point
 */

import { pointAt } from "./curve.js";

const SHARES = [0.5, 0.58, 0.42, 0.66, 0.36, 0.74, 0.3, 0.8];
const HALF_WIDTH = 30;
const HALF_HEIGHT = 11;

/**
 * @param {Wire[]} wires
 * @param {Map<string, Curve>} curves
 * @param {Places} places
 * @returns {Map<string, number>} by id of the wire: share of it
 */
export function spotsOf(wires, curves, places) {
  const boxes = [places.users, ...places.nodes.values()];
  /** @type {Point[]} */
  const taken = [];
  return new Map(
    wires.map((wire) => {
      const curve = /** @type {Curve} */ (curves.get(wire.id));
      const share = leastCrowded(curve, boxes, taken);
      taken.push(pointAt(curve, share));
      return [wire.id, share];
    }),
  );
}

/**
 * @param {Curve} curve
 * @param {import("./layout.js").Box[]} boxes
 * @param {Point[]} taken
 */
function leastCrowded(curve, boxes, taken) {
  let best = SHARES[0];
  let least = Number.POSITIVE_INFINITY;
  for (const share of SHARES) {
    const point = pointAt(curve, share);
    const cost =
      boxes.filter((box) => covers(point, box)).length * 2 +
      taken.filter((other) => touches(point, other)).length;
    if (cost < least) [best, least] = [share, cost];
    if (least === 0) break;
  }
  return best;
}

/**
 * @param {Point} point
 * @param {import("./layout.js").Box} box
 */
function covers({ x, y }, box) {
  return (
    x + HALF_WIDTH > box.x &&
    x - HALF_WIDTH < box.x + box.width &&
    y + HALF_HEIGHT > box.y &&
    y - HALF_HEIGHT < box.y + box.height
  );
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function touches(one, other) {
  return Math.abs(one.x - other.x) < HALF_WIDTH * 2 && Math.abs(one.y - other.y) < HALF_HEIGHT * 2;
}
