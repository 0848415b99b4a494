/**
 * What lasts, as lanes of a time line: the waits of retries, the race of a hedge.
 *
 * @typedef {import("./lanes.js").Lane} Lane
 */

import { seconds } from "./words.js";

const BACK_S = 3;
const AHEAD_S = 1;
const SPAN_S = BACK_S + AHEAD_S;
const LANES_MOST = 4;

/** Where now is on the line of waits. */
export const NOW = BACK_S / SPAN_S;

/**
 * A lane for the waits after each attempt: without jitter they stand in rows, with it they spread.
 *
 * @param {[age_s: number, wait_s: number, attempt: number][]} waits of the latest calls
 * @param {number} attempts that a call may have
 * @returns {Lane[]} one for each possible wait, at most LANES_MOST
 */
export function waitLanes(waits, attempts) {
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

/** @param {number} from_now_s */
function place(from_now_s) {
  return Math.max(0, Math.min(1, (from_now_s + BACK_S) / SPAN_S));
}
