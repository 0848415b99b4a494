/** Commands of controls that have no place for an answer: a refusal becomes a notice. */

import { send } from "./socket.js";
import { say } from "./store.js";

/**
 * @param {string} command
 * @param {Record<string, unknown>} [fields]
 * @returns {Promise<boolean>} whether it was obeyed; never rejects
 */
export async function sendOrSay(command, fields = {}) {
  try {
    await send(command, fields);
    return true;
  } catch (error) {
    const { message, hint } = /** @type {import("./types.js").CommandError} */ (error);
    say(`${sentence(message)}${hint ? ` ${sentence(hint)}` : ""}`);
    return false;
  }
}

/** @param {string} text */
function sentence(text) {
  const trimmed = text.trim();
  const end = /[.!?]$/.test(trimmed) ? "" : ".";
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${end}`;
}
