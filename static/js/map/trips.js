/**
 * How a request travels along its wire, by how it ended. An ok one arrives; a failed one comes
 * back; a refused one bounces; a timed out one stays where it was lost; a short-circuited one turns
 * back at its caller; what a fallback covers takes the side path.
 */

import { BLOCK_AT, GAP_FROM } from "./wire.js";

const SPEED_PX_PER_MS = 0.34;
const SHORTEST_MS = 320;
const LONGEST_MS = 900;
const STOPPED_AT = BLOCK_AT - 0.03;
const DOOR = 0.985;

/**
 * @typedef {{life: number, way: (age: number, end: number) => number}} Trip
 *   life: as a multiple of one way through; way: share of the wire at an age from 0 to 1
 */

/** @type {Readonly<Record<string, Trip>>} */
const TRIPS = {
  through: { life: 1, way: (age, end) => age * end },
  back: { life: 1.5, way: (age, end) => end * (age < 0.66 ? age / 0.66 : 1 - (age - 0.66) * 1.5) },
  bounce: {
    life: 1.25,
    way: (age, end) => (age < 0.7 ? (age / 0.7) * end : end - (age - 0.7) * 0.9),
  },
  lost: { life: 1.7, way: (age, end) => Math.min(1, age / 0.58) * end },
  home: { life: 1.2, way: (age) => (age < 0.5 ? age * 2 : (1 - age) * 2) * (GAP_FROM - 0.015) },
  side: { life: 2, way: (age) => age },
};

const BY_OUTCOME = ["through", "through", "back", "lost", "bounce", "bounce", "home"];

/** @param {number} outcome its place in OUTCOMES */
export function tripOf(outcome) {
  return BY_OUTCOME[outcome];
}

/**
 * @param {string} trip
 * @param {number} length of the wire in pixels
 * @returns {number} milliseconds
 */
export function lifeOf(trip, length) {
  const once = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, length / SPEED_PX_PER_MS));
  return trip === "home" ? SHORTEST_MS * TRIPS.home.life : once * TRIPS[trip].life;
}

/**
 * @param {string} trip
 * @param {number} age 0 to 1
 * @param {boolean} blocked whether an obstacle on the wire stops it
 * @returns {number} share of the wire
 */
export function placeOf(trip, age, blocked) {
  return TRIPS[trip].way(age, blocked ? STOPPED_AT : DOOR);
}

/**
 * @param {number} age 0 to 1
 * @returns {number} opacity
 */
export function opacityOf(age) {
  if (age < 0.08) return age / 0.08;
  return age > 0.86 ? Math.max(0, (1 - age) / 0.14) : 1;
}
