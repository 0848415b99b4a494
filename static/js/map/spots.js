/**
 * Where badges may stand at their wires without covering a card or each other. Every wire has its
 * spot at all times, whether it has something to say or not, so that words never jump.
 *
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./curve.js").Point} Point
 * @typedef {import("./layout.js").Box} Box
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./scene.js").Wire} Wire
 */

import { normalAt } from "./cracks.js";
import { pointAt } from "./curve.js";

const SHARES = [0.5, 0.58, 0.42, 0.66, 0.36, 0.74, 0.3, 0.8];
const HALF_WIDTH = 30;
const HALF_HEIGHT = 11;
const ABOVE = 15;
const LEVEL = 0.8;

/**
 * @param {Wire[]} wires
 * @param {Map<string, Curve>} curves
 * @param {Places} places
 * @returns {Map<string, Point>} by id of the wire
 */
export function spotsOf(wires, curves, places) {
  const boxes = [places.users, ...places.nodes.values()];
  /** @type {Point[]} */
  const taken = [];
  return new Map(
    wires.map((wire) => {
      const curve = /** @type {Curve} */ (curves.get(wire.id));
      const spot = leastCrowded(curve, boxes, taken);
      taken.push(spot);
      return [wire.id, spot];
    }),
  );
}

/**
 * @param {Curve} curve
 * @param {Box[]} boxes
 * @param {Point[]} taken
 * @returns {Point}
 */
function leastCrowded(curve, boxes, taken) {
  let best = beside(curve, SHARES[0]);
  let least = Number.POSITIVE_INFINITY;
  for (const share of SHARES) {
    const spot = beside(curve, share);
    const covered = boxes.filter((box) => covers(spot, box)).length;
    const cost = covered * 2 + taken.filter((other) => touches(spot, other)).length;
    if (cost < least) [best, least] = [spot, cost];
    if (least === 0) break;
  }
  return best;
}

/**
 * On a steep wire; above a level one, so that what travels can be seen.
 *
 * @param {Curve} curve
 * @param {number} share
 * @returns {Point}
 */
function beside(curve, share) {
  const { x, y } = pointAt(curve, share);
  const normal = normalAt(curve, share);
  return { x, y: Math.abs(normal.y) > LEVEL ? y - ABOVE : y };
}

/**
 * @param {Point} point
 * @param {Box} box
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
