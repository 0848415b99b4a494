/**
 * What the page itself answers to a command that does not reach its lab.
 *
 * @typedef {import("./types.js").CommandError} CommandError
 */

import { clockWords } from "./clock_words.js";

const REPLY_WITHIN_S = 10;

/** @returns {CommandError} */
export function notConnected() {
  return {
    code: "not_connected",
    message: "the lab cannot be reached just now, nothing was changed",
    field: null,
    hint: "the page connects again by itself",
  };
}

/**
 * @param {string} command
 * @returns {CommandError}
 */
export function slow(command) {
  return {
    code: "no_reply",
    message: `${command} was sent, but no answer came within ${REPLY_WITHIN_S} s`,
    field: null,
    hint: "it may have happened: look at the timeline",
  };
}

/**
 * @param {number} t
 * @param {string} [fixed] why it is no lab that could be changed at another moment
 * @returns {CommandError}
 */
export function ofThePast(t, fixed = "") {
  if (fixed) return { code: "fixed", message: fixed, field: null, hint: null };
  return {
    code: "past",
    message: `you are looking at ${clockWords(t, 1)}, and what has happened cannot be changed`,
    field: null,
    hint: "go back to now (Esc), or branch from here and change it there (B)",
  };
}
