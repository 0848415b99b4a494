/**
 * Which events stand on the scrub track: it is short and they are many, so of those that would
 * cover each other the most telling one stays.
 *
 * @typedef {import("../types.js").LabEvent} LabEvent
 * @typedef {import("../timeline/kinds.js").Look} Look
 * @typedef {{event: LabEvent, look: Look, x: number}} TrackMark x: pixels from the left end
 */

import { lookOf } from "../timeline/kinds.js";
import { shareAt } from "./scrub.js";

const APART_PX = 9;
const MOST = 200;

/** What happens before this is the lab's own start. */
const STARTED_S = 0.5;

/** @type {Readonly<Record<string, number>>} how telling a kind is; those not named are not shown */
const WEIGHTS = {
  fault_on: 6,
  breaker: 5,
  process_exit: 5,
  process_stopped: 4,
  restart_given_up: 4,
  reset: 4,
  chain: 3,
  users: 3,
  service: 3,
  fault_off: 2,
  health: 1,
  process_up: 1,
  process_continued: 1,
};

/**
 * @param {LabEvent[]} events in order of time
 * @param {import("./scrub.js").Stretch} stretch of the track
 * @param {number} width of the track in pixels
 * @returns {TrackMark[]} in order of time
 */
export function trackMarks(events, stretch, width) {
  const seen = events.filter(
    ({ kind, t }) => WEIGHTS[kind] && t > STARTED_S && t >= stretch.from_t && t <= stretch.to_t,
  );
  const telling = seen.sort((a, b) => WEIGHTS[b.kind] - WEIGHTS[a.kind] || a.t - b.t);
  /** @type {Set<number>} places that are taken, in widths of a mark */
  const taken = new Set();
  /** @type {TrackMark[]} */
  const marks = [];
  for (const event of telling) {
    const x = shareAt(event.t, stretch) * width;
    const place = Math.round(x / APART_PX);
    if (taken.has(place) || marks.length >= MOST) continue;
    taken.add(place);
    marks.push({ event, look: lookOf(event), x });
  }
  return marks.sort((a, b) => a.x - b.x);
}
