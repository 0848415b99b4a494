/**
 * Where the inspector's commands go out: the last one is acknowledged in words, and each can be
 * undone.
 *
 * @typedef {import("../types.js").Command} Command
 * @typedef {import("../types.js").CommandError} CommandError
 * @typedef {{ok: true, result: any} | {ok: false, error: CommandError}} Answer
 * @typedef {{id: number, kind: "done" | "error", text: string, hint: string | null}} Note
 * @typedef {{text: string, command: Command, lab: import("../lab.js").Lab}} Undo lab: whose it is
 */

import { signal } from "@preact/signals";
import { send } from "../socket.js";
import { shown } from "../store.js";

const REMEMBERED = 50;

/** What became of the last command. */
export const note = signal(/** @type {Note | null} */ (null));

/** The changes that can be taken back, the newest last. */
export const undos = signal(/** @type {Undo[]} */ ([]));

/**
 * @param {Command} command
 * @param {string | ((result: any) => string)} said the words once it is obeyed
 * @param {Command | ((result: any) => Command | null) | null} [inverse] what takes it back
 * @param {import("../lab.js").Lab} [lab]
 * @returns {Promise<Answer>} never rejects
 */
export async function run(command, said, inverse = null, lab = shown.peek()) {
  const answer = await ask(command, lab);
  if (!answer.ok) {
    tell("error", answer.error.message, answer.error.hint);
    return answer;
  }
  const text = typeof said === "function" ? said(answer.result) : said;
  const back = typeof inverse === "function" ? inverse(answer.result) : inverse;
  tell("done", text, null);
  if (back) undos.value = [...undos.peek(), { text, command: back, lab }].slice(-REMEMBERED);
  return answer;
}

/** Takes the last change back; one that can no longer be taken back is dropped, aloud. */
export async function undo() {
  const last = undos.peek().at(-1);
  if (!last) return;
  undos.value = undos.peek().slice(0, -1);
  await run(last.command, `Taken back: ${last.text}`, null, last.lab);
}

/**
 * A command without words: a read, or one whose outcome is shown elsewhere.
 *
 * @param {Command} command
 * @param {import("../lab.js").Lab} [lab]
 * @returns {Promise<Answer>}
 */
export async function ask({ command, ...fields }, lab = shown.peek()) {
  try {
    return { ok: true, result: await send(command, fields, lab) };
  } catch (error) {
    return { ok: false, error: /** @type {CommandError} */ (error) };
  }
}

/** Closes what `note` says. */
export function hush() {
  note.value = null;
}

/**
 * @param {"done" | "error"} kind
 * @param {string} text
 * @param {string | null} hint
 */
function tell(kind, text, hint) {
  note.value = { id: (note.peek()?.id ?? 0) + 1, kind, text, hint };
}
