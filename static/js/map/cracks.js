/**
 * Drawings of damage: jagged lines that are always the same for the same name.
 *
 * @typedef {import("./layout.js").Box} Box
 * @typedef {import("./curve.js").Curve} Curve
 */

import { pointAt } from "./curve.js";

const WAVE_PX = 9;
const WAVE_HEIGHT = 4.5;

/**
 * A crack from the upper edge to the lower one, with two branches.
 *
 * @param {Box} box
 * @param {string} seed
 * @returns {string} a path
 */
export function crackPath(box, seed) {
  const random = chanceOf(seed);
  const pieces = 6;
  const tilt = (random() - 0.5) * box.width * 0.12;
  const x0 = box.x + box.width * (0.64 + (random() - 0.5) * 0.08);
  const points = Array.from({ length: pieces + 1 }, (_, index) => ({
    x: x0 + tilt * (index / pieces) + (index % 2 ? 1 : -1) * (2 + random() * 4),
    y: box.y + (box.height * index) / pieces,
  }));
  const branches = [2, 4].map((index) => {
    const { x, y } = points[index];
    const side = index === 2 ? 1 : -1;
    return `M${at(x, y)}L${at(x + side * (5 + random() * 4), y + 3 + random() * 3)}L${at(x + side * (10 + random() * 7), y + 2 + random() * 8)}`;
  });
  return `M${points.map(({ x, y }) => at(x, y)).join("L")}${branches.join("")}`;
}

/**
 * A wire that is stretched: its middle part as a spring.
 *
 * @param {Curve} curve
 * @returns {string} a path
 */
export function springPath(curve) {
  const [from, to] = [0.36, 0.64];
  const turns = Math.max(3, Math.round(((to - from) * curve.length) / WAVE_PX));
  const points = [];
  for (let turn = 0; turn <= turns * 2; turn += 1) {
    const share = from + ((to - from) * turn) / (turns * 2);
    const { x, y } = pointAt(curve, share);
    const normal = normalAt(curve, share);
    const swing = turn === 0 || turn === turns * 2 ? 0 : (turn % 2 ? 1 : -1) * WAVE_HEIGHT;
    points.push(at(x + normal.x * swing, y + normal.y * swing));
  }
  return `M${points.join("L")}`;
}

/**
 * A short line across a wire.
 *
 * @param {Curve} curve
 * @param {number} share where on it
 * @param {number} half its length, halved
 * @returns {string} a path
 */
export function acrossPath(curve, share, half) {
  const { x, y } = pointAt(curve, share);
  const normal = normalAt(curve, share);
  return `M${at(x - normal.x * half, y - normal.y * half)}L${at(x + normal.x * half, y + normal.y * half)}`;
}

/**
 * @param {Curve} curve
 * @param {number} share
 * @returns {{x: number, y: number}} of length 1, at right angles to the wire
 */
export function normalAt(curve, share) {
  const before = pointAt(curve, share - 0.02);
  const after = pointAt(curve, share + 0.02);
  const length = Math.hypot(after.x - before.x, after.y - before.y) || 1;
  return { x: -(after.y - before.y) / length, y: (after.x - before.x) / length };
}

/**
 * @param {string} seed
 * @returns {() => number} 0 to 1, the same sequence for the same seed
 */
function chanceOf(seed) {
  let value = 2166136261;
  for (const letter of seed) value = Math.imul(value ^ letter.charCodeAt(0), 16777619);
  return () => {
    value = Math.imul(value ^ (value >>> 15), 2246822519);
    value = Math.imul(value ^ (value >>> 13), 3266489917);
    value ^= value >>> 16;
    return (value >>> 0) / 4294967296;
  };
}

/**
 * @param {number} x
 * @param {number} y
 */
function at(x, y) {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
