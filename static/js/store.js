/**
 * What the page knows, in signals. Only `receive` writes what the server says; views read.
 *
 * While the picture is frozen (`paused`), messages are kept aside and published when it thaws.
 *
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Columns} Columns
 * @typedef {import("./types.js").LabEvent} LabEvent
 * @typedef {import("./types.js").TraceHead} TraceHead
 * @typedef {import("./types.js").Message} Message
 * @typedef {import("./types.js").Selection} Selection
 * @typedef {import("./types.js").SelectionKind} SelectionKind
 */

import { batch, effect, signal } from "@preact/signals";
import { emptyColumns, extended } from "./columns.js";
import { shaped } from "./shaped.js";

const EVENTS_KEPT = 2000;
const TRACES_KEPT = 500;
const ROWS_KEPT = 600;

export const state = signal(/** @type {State | null} */ (null));
export const frame = signal(/** @type {Frame | null} */ (null));
export const rows = signal(emptyColumns());
export const events = signal(/** @type {LabEvent[]} */ ([]));
export const traces = signal(/** @type {TraceHead[]} */ ([]));
export const connection = signal(
  /** @type {import("./types.js").Connection} */ ({
    status: "connecting",
    since: Date.now(),
    reason: "",
  }),
);
export const catalogue = signal(/** @type {import("./types.js").Catalogue | null} */ (null));
export const selection = signal(/** @type {Selection | null} */ (null));
export const notices = signal(/** @type {{id: number, text: string}[]} */ ([]));
export const paused = signal(false);
export const framesPerSecond = signal(10);

/** The newest of everything, published or not. */
const newest = {
  state: /** @type {State | null} */ (null),
  frame: /** @type {Frame | null} */ (null),
  rows: emptyColumns(),
  events: /** @type {LabEvent[]} */ ([]),
  traces: /** @type {TraceHead[]} */ ([]),
};

effect(() => {
  if (!paused.value) publish();
});

/**
 * @param {SelectionKind | null} kind null: nothing
 * @param {string} [name]
 */
export function select(kind, name = "") {
  selection.value = kind ? { kind, name } : null;
}

/**
 * Takes in one message of the server; replies are not its business.
 *
 * @param {Message} message
 */
export function receive(message) {
  switch (message.type) {
    case "hello":
      begin(message);
      break;
    case "state":
      newest.state = message;
      break;
    case "frame":
      newest.frame = shaped(message);
      if (message.row) newest.rows = extended(newest.rows, message.row, ROWS_KEPT);
      break;
    case "event":
      newest.events = [...newest.events.slice(1 - EVENTS_KEPT), message];
      break;
    case "traces":
      newest.traces = [...newest.traces, ...message.traces].slice(-TRACES_KEPT);
      break;
    case "notice":
      say(message.text);
      break;
  }
  if (!paused.peek()) publish();
}

/** @param {string} text shown until dismissed or old */
export function say(text) {
  const id = (notices.peek().at(-1)?.id ?? 0) + 1;
  notices.value = [...notices.peek().slice(-2), { id, text }];
}

/** @param {number} id of a notice */
export function dismiss(id) {
  notices.value = notices.peek().filter((one) => one.id !== id);
}

/** @param {import("./types.js").Hello} hello */
function begin(hello) {
  newest.state = hello.state;
  newest.frame = null;
  newest.rows = hello.history;
  newest.events = hello.events;
  newest.traces = hello.traces;
}

function publish() {
  batch(() => {
    state.value = newest.state;
    frame.value = newest.frame;
    rows.value = newest.rows;
    events.value = newest.events;
    traces.value = newest.traces;
  });
}
