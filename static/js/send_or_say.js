/** Commands of controls that have no place for an answer: a refusal becomes a notice. */

import { errorWords } from "./error_words.js";
import { send } from "./socket.js";
import { say } from "./store.js";

/**
 * @param {string} command
 * @param {Record<string, unknown>} [fields]
 * @param {import("./lab.js").Lab} [lab] the one that is shown by default
 * @returns {Promise<boolean>} whether it was obeyed; never rejects
 */
export async function sendOrSay(command, fields = {}, lab = undefined) {
  try {
    await send(command, fields, lab);
    return true;
  } catch (error) {
    say(errorWords(/** @type {import("./types.js").CommandError} */ (error)));
    return false;
  }
}
