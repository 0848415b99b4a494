/**
 * Where events stand on the timeline, and which of them have room for their words.
 *
 * @typedef {import("../types.js").LabEvent} LabEvent
 * @typedef {import("./kinds.js").Look} Look
 * @typedef {{event: LabEvent, look: Look, lane: number, x: number, words: string}} Mark
 *   x: pixels from the time 0; words: empty where there is no room
 * @typedef {{id: number, from: number, to: number, lane: number}} Span a fault's stretch, in pixels
 */

import { LANES, lookOf } from "./kinds.js";

const CHARACTER_PX = 5.9;
const MARK_PX = 15;
const SHORTEST_WORDS = 5;
const LONGEST_WORDS = 44;

/**
 * @param {LabEvent[]} events in view, in order of time
 * @param {number} perSecond pixels
 * @param {number} end pixels from the time 0: the right edge
 * @returns {Mark[]}
 */
export function marksOf(events, perSecond, end) {
  const marks = events.map((event) => {
    const look = lookOf(event);
    const lane = LANES.findIndex((one) => one.name === look.lane);
    return { event, look, lane, x: event.t * perSecond, words: "" };
  });
  /** @type {Map<number, number>} */
  const next = new Map();
  for (const mark of [...marks].reverse()) {
    const room = (next.get(mark.lane) ?? end + 120) - mark.x - MARK_PX;
    mark.words = wordsFor(mark.event, mark.look, Math.floor(room / CHARACTER_PX));
    next.set(mark.lane, mark.x);
  }
  return marks;
}

/**
 * @param {LabEvent[]} events
 * @param {number} perSecond
 * @param {number} now seconds
 * @param {(event: LabEvent) => boolean} lasts whether a fault that has no end yet is still on
 * @returns {Span[]}
 */
export function spansOf(events, perSecond, now, lasts) {
  const ends = new Map(
    events.filter((one) => one.kind === "fault_off").map((one) => [one.cause, one.t]),
  );
  const lane = LANES.findIndex((one) => one.name === "faults");
  return events.flatMap((event) => {
    if (event.kind !== "fault_on") return [];
    const to = ends.get(event.id) ?? (lasts(event) ? now : null);
    if (to === null) return [];
    return [{ id: event.id, from: event.t * perSecond, to: to * perSecond, lane }];
  });
}

/**
 * @param {LabEvent} event
 * @param {Look} look
 * @param {number} most characters
 */
function wordsFor(event, look, most) {
  const room = Math.min(most, LONGEST_WORDS);
  if (room < SHORTEST_WORDS) return "";
  const short =
    event.kind.startsWith("fault") || look.lane === "changes"
      ? event.text
      : `${event.subject} ${look.word}`;
  if (short.length <= room) return short;
  return look.word.length <= room ? look.word : "";
}
