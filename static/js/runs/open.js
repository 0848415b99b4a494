/**
 * Opens a kept run: reads what it is, and all that happened in it.
 *
 * @typedef {import("./words.js").Run & {
 *   head: Head, same_as: {title: string, page: string}[],
 * }} OpenedRun same_as: other runs of the same digest
 * @typedef {{
 *   seed: number, commands: import("./words.js").Given[], is_whole?: boolean, ended?: string,
 * }} Head
 * @typedef {{lab: Lab, player: Player}} Opened
 */

import { askApi } from "../api.js";
import { emptyColumns, extended } from "../columns.js";
import { Lab } from "../lab.js";
import { recordOfRun } from "../playback/records.js";
import { answerFor } from "../socket.js";
import { Player } from "./player.js";

const FIXED = "this is a record: it shows what happened, and what has happened cannot be changed";
const ENDED_AFTER_S = 0.1;
/** After so long users have had their first answers. */
const SETTLED_S = 2;

/**
 * @param {string} path of the run below /api/v1
 * @param {string} key of its share link, or ""
 * @returns {Promise<OpenedRun>} rejects with a CommandError
 */
export function readRun(path, key) {
  return askApi("GET", `${path}${query(key)}`);
}

/**
 * @param {OpenedRun} run
 * @param {string} path
 * @param {string} key
 * @returns {Promise<Opened>} standing at its first complete picture; rejects with a CommandError
 */
export async function openRun(run, path, key) {
  const lab = new Lab(`run ${run.id}`);
  lab.fixed = FIXED;
  const record = recordOfRun(path, key);
  const [tables, end] = await Promise.all([
    askApi("GET", `${path}/tables${query(key)}`),
    record.moment(run.to_t),
  ]);
  lab.now.take(end);
  lab.now.events = tables.events;
  lab.now.rows = tables.rows.reduce(
    (/** @type {any} */ columns, /** @type {any} */ row) => extended(columns, row, Infinity),
    emptyColumns(),
  );
  answerFor(lab, (command, fields) => answer(lab, path, key, command, fields));
  const player = new Player(lab, record, run);
  await player.seek(firstPicture(tables.events) ?? run.from_t);
  lab.connection.value = { status: "live", since: Date.now(), reason: "" };
  return { lab, player };
}

/**
 * @param {import("../types.js").LabEvent[]} events
 * @returns {number | undefined} when users got their first answers
 */
function firstPicture(events) {
  const running = events.find(({ kind, text }) => kind === "lab" && text.endsWith("is running"));
  return running && running.t + SETTLED_S;
}

/** @type {(lab: Lab, path: string, key: string, command: string, fields: any) => Promise<any>} */
function answer(lab, path, key, command, fields) {
  if (command !== "trace") return Promise.reject(notKept(command));
  const head = lab.traces.peek().find(({ id }) => id === fields.trace);
  const ended_t = head ? head.t + head.duration_ms / 1000 - ENDED_AFTER_S : 0;
  const from = `from_t=${Math.max(0, ended_t)}`;
  return askApi("GET", `${path}/traces/${fields.trace}?${from}${query(key).replace("?", "&")}`);
}

/** @param {string} key */
function query(key) {
  return key ? `?key=${encodeURIComponent(key)}` : "";
}

/** @param {string} command */
function notKept(command) {
  const what = command === "log" ? "the lines that processes wrote" : command;
  return {
    code: "not_kept",
    message: `a record does not keep ${what}`,
    field: null,
    hint: "they are there while a lab runs",
  };
}
