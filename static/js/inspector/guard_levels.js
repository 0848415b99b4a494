/**
 * Snapshots of a service's guards as levels.
 *
 * @typedef {import("./levels.js").Level} Level
 */

import { part, round, short_s } from "./measures.js";
import { counted, percent, seconds, ticking } from "./words.js";

/** @param {any} snapshot @returns {Level} CoDel's latest wait: the target is at a quarter */
export function waitLevel({ sojourn_s, target_s }) {
  return {
    share: part(sojourn_s, 4 * target_s),
    marks: [0.25],
    words: `${short_s(sojourn_s)}, target ${seconds(target_s)}`,
    tone: sojourn_s >= target_s ? "over" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} for how much of its interval CoDel saw no short wait */
export function intervalLevel({ state, above_for_s, interval_s, pace_s }) {
  const isDropping = state === "dropping";
  const so_far_s = above_for_s == null ? null : Math.min(above_for_s, interval_s);
  const seen = `${ticking(so_far_s)} of ${seconds(interval_s)}`;
  return {
    share: isDropping ? 1 : part(above_for_s, interval_s),
    marks: [],
    words: isDropping ? `drops one each ${short_s(pace_s)}` : seen,
    tone: isDropping ? "over" : "plain",
  };
}

/** @param {any} snapshot @param {number} inside @returns {Level} how full an admission limit is */
export function admissionLevel({ limit }, inside) {
  return {
    share: part(inside, limit),
    marks: [],
    words: `${inside} in flight of ${limit}`,
    tone: inside >= limit ? "over" : "plain",
  };
}

/** @param {any} snapshot @param {any} settings @returns {Level} the queue, and who may fill it how far */
export function fillLevel({ fill_ratio }, { sheddable_ratio, default_ratio }) {
  const isShut = fill_ratio >= sheddable_ratio;
  return {
    share: fill_ratio,
    marks: [sheddable_ratio, default_ratio],
    words: `${percent(round(fill_ratio))} full`,
    tone: isShut ? "over" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} how much of the time left is needed */
export function neededLevel({ needed_s, left_s }) {
  if (left_s == null) {
    return { share: 0, marks: [], words: `${short_s(needed_s)}, no deadline`, tone: "plain" };
  }
  const isHopeless = left_s <= needed_s;
  return {
    share: left_s > 0 ? part(needed_s, left_s) : 1,
    marks: [],
    words: left_s > 0 ? `${short_s(needed_s)} of ${short_s(left_s)} left` : "its time is over",
    tone: isHopeless ? "over" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} the dimmer of a brownout */
export function dimmerLevel({ dimmer_ratio }) {
  return {
    share: dimmer_ratio,
    marks: [],
    words: `${percent(round(dimmer_ratio))} are whole`,
    tone: dimmer_ratio < 1 ? "low" : "plain",
  };
}

/** @param {any} snapshot @returns {Level} what steers the dimmer: the target is in the middle */
export function slowLevel({ slow_s, target_s }) {
  return {
    share: part(slow_s, 2 * target_s),
    marks: [0.5],
    words: `${short_s(slow_s)}, target ${seconds(target_s)}`,
    tone: slow_s > target_s ? "over" : "plain",
  };
}

/** @param {any} snapshot @param {any} settings @returns {Level} the queue for each worker */
export function waitingLevel({ waiting, workers }, { order, threshold }) {
  const each = waiting / Math.max(1, workers);
  const isAdaptive = order === "adaptive";
  return {
    share: part(each, 2 * threshold),
    marks: isAdaptive ? [0.5] : [],
    words: waiting == null ? "–" : `${waiting} wait for ${counted(workers, "worker")}`,
    tone: isAdaptive && each > threshold ? "over" : "plain",
  };
}
