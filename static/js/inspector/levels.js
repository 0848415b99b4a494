/**
 * Snapshots as levels: how far a bar is filled, where its lines are, and the words beside it.
 * Records of older versions lack some figures: those are not known, and a dash.
 *
 * @typedef {{share: number, marks: number[], words: string, tone: "plain" | "low" | "over"}} Level
 *   share and marks from 0 to 1; low: what is wanted is running out, over: what hurts is too much
 * @typedef {Record<string, any> | null} Snapshot
 */

import { fixed, part, round } from "./measures.js";
import { percent, perSecond, shortNumber } from "./words.js";

/** Without an upper end a bar only approaches it; at this value it is half full. */
const HALF = 10;

/**
 * @param {Snapshot} budget of a retry
 * @returns {Level | null} null: it has none
 */
export function budgetLevel(budget) {
  if (!budget) return null;
  const { kind, left, full, floor, unit } = budget;
  const place = (/** @type {number} */ value) =>
    full === null ? value / (value + HALF) : part(value, full);
  const isLow = kind === "tokens" ? left <= floor : left < floor;
  const most = full === null ? "" : ` of ${shortNumber(full)}`;
  return {
    share: place(left),
    marks: [place(floor)],
    words: `${fixed(left)}${most} ${unit}`,
    tone: isLow ? "low" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} of a rate limit's bucket */
export function bucketLevel({ tokens, burst, rate_per_s }) {
  return {
    share: part(tokens, burst),
    marks: [part(1, burst)],
    words: `${fixed(tokens)} of ${burst}, +${perSecond(rate_per_s)}`,
    tone: tokens < 1 ? "low" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} the share of calls that a throttle refuses */
export function refusalLevel({ refusal_ratio }) {
  return {
    share: refusal_ratio,
    marks: [],
    words: `${percent(round(refusal_ratio))} refused`,
    tone: refusal_ratio > 0 ? "over" : "plain",
  };
}

/** @param {any} snapshot @param {number} k @returns {Level} what was asked against K times accepted */
export function askedLevel({ requests, accepts }, k) {
  const allowed = k * accepts;
  const most = Math.max(requests, allowed, 1);
  return {
    share: requests / most,
    marks: [allowed / most],
    words: `${requests} of ${shortNumber(allowed)} allowed`,
    tone: requests > allowed ? "over" : "plain",
  };
}
