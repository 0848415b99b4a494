/**
 * What lasts, as lanes of a time line: the waits of retries, the race of a hedge.
 *
 * @typedef {import("./lanes.js").Lane} Lane
 */

import { seconds } from "./words.js";

/** Where now is on the line of waits: three parts of four have been. */
export const NOW = 0.75;

const PART_LEAST_S = 0.1;
/** The waits of the last three seconds are told of. */
const PART_MOST_S = 1;
const LANES_MOST = 4;

/**
 * A lane for the waits after each attempt: without jitter they stand in rows, with it they spread.
 *
 * @param {[age_s: number, wait_s: number, attempt: number][]} waits of the latest calls
 * @param {Record<string, any>} retry its settings
 * @returns {Lane[]} one for each possible wait, at most LANES_MOST
 */
export function waitLanes(waits, retry) {
  const { attempts } = retry;
  const span_s = waitSpan_s(retry);
  /** @type {(from_now_s: number) => number} */
  const place = (from_now_s) => Math.max(0, Math.min(1, NOW + from_now_s / span_s));
  const count = Math.max(1, Math.min(attempts - 1, LANES_MOST));
  return Array.from({ length: count }, (_, index) => {
    const attempt = index + 1;
    const isLast = attempt === LANES_MOST;
    const own = waits.filter((one) => (isLast ? one[2] >= attempt : one[2] === attempt));
    const latest = own.at(-1);
    return {
      name: `after ${attempt}${isLast && attempts > LANES_MOST + 1 ? "+" : ""}`,
      bars: own.map(([age_s, wait_s]) => ({
        from: place(-age_s),
        to: place(wait_s - age_s),
        tone: wait_s > age_s ? "waiting" : "over",
      })),
      words: latest ? `waited ${seconds(latest[1])}` : "no wait of late",
    };
  });
}

/**
 * @typedef {{asked_s: number[], took_s: number, winner: number}} Race
 * @param {Race | null} race the latest
 * @param {number} hedges at most
 * @returns {Lane[]} one for each that may be asked
 */
export function raceLanes(race, hedges) {
  return Array.from({ length: 1 + hedges }, (_, index) => {
    const numbered = hedges > 1 ? `Hedge ${index}` : "Hedge";
    return { name: index === 0 ? "First" : numbered, ...racer(race, index) };
  });
}

/**
 * @param {Race | null} race
 * @param {number} index
 * @returns {Pick<Lane, "bars" | "words">}
 */
function racer(race, index) {
  const asked_s = race?.asked_s[index];
  if (!race || asked_s === undefined)
    return { bars: [], words: race ? "not asked" : "no race yet" };
  const took = seconds(Number((race.took_s - asked_s).toPrecision(3)));
  const isWinner = race.winner === index;
  const from = race.took_s > 0 ? asked_s / race.took_s : 0;
  return {
    bars: [{ from, to: 1, tone: isWinner ? "won" : "lost" }],
    words: isWinner ? `won after ${took}` : `called off after ${took}`,
  };
}

/**
 * Four times the longest wait before its jitter, so that none is too short to be seen.
 *
 * @param {Record<string, any>} retry its settings
 * @returns {number} seconds from the left end to the right
 */
export function waitSpan_s({ attempts, backoff, base_s, multiplier, cap_s }) {
  const growth = backoff === "fixed" ? 1 : (multiplier ?? 1) ** Math.max(0, attempts - 2);
  const longest_s = Math.min(cap_s ?? PART_MOST_S, base_s * growth);
  return 4 * Math.max(PART_LEAST_S, Math.min(PART_MOST_S, longest_s));
}
