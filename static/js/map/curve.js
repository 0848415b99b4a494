/**
 * The course of a wire: a cubic curve that leaves to the right and arrives from the left, and
 * points along it for what travels.
 *
 * @typedef {import("./layout.js").Box} Box
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./scene.js").Wire} Wire
 * @typedef {{x: number, y: number}} Point
 * @typedef {{path: string, points: Float32Array, length: number}} Curve
 *   points: x, y at STEPS + 1 equal distances
 */

import { USERS } from "./scene.js";

export const STEPS = 48;
const FINE = 96;
const PORTS_GAP = 13;
const SIDE_PX = 44;

/**
 * @param {Wire[]} wires
 * @param {Places} places
 * @returns {Map<string, Curve>} by id of the wire
 */
export function curvesOf(wires, places) {
  const out = ports(
    wires,
    places,
    (wire) => wire.from,
    (wire) => wire.to,
  );
  const into = ports(
    wires,
    places,
    (wire) => wire.to,
    (wire) => wire.from,
  );
  return new Map(
    wires.map((wire) => {
      const from = boxOf(places, wire.from);
      const to = boxOf(places, wire.to);
      const start = { x: from.x + from.width, y: out.get(wire) ?? 0 };
      const end = { x: to.x, y: into.get(wire) ?? 0 };
      return [wire.id, curve(start, end)];
    }),
  );
}

/**
 * @param {Curve} curve
 * @param {number} share 0 (the caller's end) to 1
 * @returns {Point}
 */
export function pointAt(curve, share) {
  const place = Math.max(0, Math.min(1, share)) * STEPS;
  const step = Math.min(STEPS - 1, Math.floor(place));
  const rest = place - step;
  const { points } = curve;
  const at = step * 2;
  return {
    x: points[at] + (points[at + 2] - points[at]) * rest,
    y: points[at + 1] + (points[at + 3] - points[at + 1]) * rest,
  };
}

/**
 * A fallback's way: out of the caller's door, a small turn, and back in beside it.
 *
 * @param {Curve} wire
 * @returns {Curve}
 */
export function sidePath(wire) {
  const start = pointAt(wire, 0);
  const out = { x: start.x + SIDE_PX, y: start.y + 1 };
  const back = { x: start.x + SIDE_PX, y: start.y + SIDE_PX * 0.62 };
  const end = { x: start.x, y: start.y + SIDE_PX * 0.42 };
  const path = `M${round(start.x)},${round(start.y)} C${round(out.x)},${round(out.y)} ${round(back.x)},${round(back.y)} ${round(end.x)},${round(end.y)}`;
  return { path, ...evenPoints([start, out, back, end]) };
}

/**
 * Where wires meet a node: side by side, in the order of what they lead to, so that they do not
 * cross at the door.
 *
 * @param {Wire[]} wires
 * @param {Places} places
 * @param {(wire: Wire) => string} at
 * @param {(wire: Wire) => string} other
 * @returns {Map<Wire, number>} heights
 */
function ports(wires, places, at, other) {
  /** @type {Map<string, Wire[]>} */
  const groups = new Map();
  for (const wire of wires) groups.set(at(wire), [...(groups.get(at(wire)) ?? []), wire]);
  /** @type {Map<Wire, number>} */
  const heights = new Map();
  for (const [id, group] of groups) {
    const box = boxOf(places, id);
    const gap = Math.min(PORTS_GAP, (box.height - 14) / group.length);
    const sorted = group.sort(
      (a, b) => middle(boxOf(places, other(a))) - middle(boxOf(places, other(b))),
    );
    sorted.forEach((wire, index) => {
      heights.set(wire, middle(box) + (index - (group.length - 1) / 2) * gap);
    });
  }
  return heights;
}

/**
 * @param {Places} places
 * @param {string} id
 * @returns {Box}
 */
function boxOf(places, id) {
  const box = id === USERS ? places.users : places.nodes.get(id);
  return box ?? { x: 0, y: 0, width: 0, height: 0 };
}

/** @param {Box} box */
function middle(box) {
  return box.y + box.height / 2;
}

/**
 * @param {Point} start
 * @param {Point} end
 * @returns {Curve}
 */
function curve(start, end) {
  const reach = Math.max(36, Math.abs(end.x - start.x) * 0.46);
  const one = { x: start.x + reach, y: start.y };
  const two = { x: end.x - reach, y: end.y };
  const path = `M${round(start.x)},${round(start.y)} C${round(one.x)},${round(one.y)} ${round(two.x)},${round(two.y)} ${round(end.x)},${round(end.y)}`;
  return { path, ...evenPoints([start, one, two, end]) };
}

/**
 * @param {Point[]} control four points
 * @returns {{points: Float32Array, length: number}}
 */
function evenPoints(control) {
  const fine = Array.from({ length: FINE + 1 }, (_, index) => bezier(control, index / FINE));
  const travelled = [0];
  for (let index = 1; index <= FINE; index += 1) {
    const step = Math.hypot(fine[index].x - fine[index - 1].x, fine[index].y - fine[index - 1].y);
    travelled.push(travelled[index - 1] + step);
  }
  const length = travelled[FINE];
  const points = new Float32Array((STEPS + 1) * 2);
  let at = 0;
  for (let step = 0; step <= STEPS; step += 1) {
    const wanted = (length * step) / STEPS;
    while (at < FINE - 1 && travelled[at + 1] < wanted) at += 1;
    const rest = (wanted - travelled[at]) / (travelled[at + 1] - travelled[at] || 1);
    points[step * 2] = fine[at].x + (fine[at + 1].x - fine[at].x) * rest;
    points[step * 2 + 1] = fine[at].y + (fine[at + 1].y - fine[at].y) * rest;
  }
  return { points, length };
}

/**
 * @param {Point[]} control
 * @param {number} t
 * @returns {Point}
 */
function bezier([a, b, c, d], t) {
  const s = 1 - t;
  const [wa, wb, wc, wd] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return {
    x: a.x * wa + b.x * wb + c.x * wc + d.x * wd,
    y: a.y * wa + b.y * wb + c.y * wc + d.y * wd,
  };
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
