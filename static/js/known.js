/**
 * What is known of a lab at one moment: its state, the frame, and what came before.
 *
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").LabEvent} LabEvent
 * @typedef {import("./types.js").TraceHead} TraceHead
 */

import { emptyColumns, extended, sliced } from "./columns.js";
import { shaped } from "./shaped.js";

const EVENTS_KEPT = 2000;
const TRACES_KEPT = 500;
const ROWS_KEPT = 1200;

export class Known {
  constructor() {
    this.state = /** @type {State | null} */ (null);
    this.frame = /** @type {Frame | null} */ (null);
    this.rows = emptyColumns();
    this.events = /** @type {LabEvent[]} */ ([]);
    this.traces = /** @type {TraceHead[]} */ ([]);
  }

  /** The lab's time of the newest that is known, in seconds. */
  get t() {
    return Math.max(this.frame?.t ?? 0, this.state?.t ?? 0, this.events.at(-1)?.t ?? 0);
  }

  /** @param {import("./types.js").Message} message others than those of the lab change nothing */
  take(message) {
    switch (message.type) {
      case "hello":
        this.#begin(message);
        break;
      case "state":
        this.state = message;
        break;
      case "frame":
        this.frame = shaped(message);
        if (message.row) this.rows = extended(this.rows, message.row, ROWS_KEPT);
        break;
      case "event":
        this.events = [...this.events.slice(1 - EVENTS_KEPT), message];
        break;
      case "traces":
        this.traces = [...this.traces, ...message.traces].slice(-TRACES_KEPT);
        break;
    }
  }

  /** @returns {Known} the same, which stays as it is when this one learns more */
  copy() {
    const copied = Object.assign(new Known(), this);
    copied.rows = sliced(this.rows, 0);
    return copied;
  }

  /** @param {import("./types.js").Hello} hello */
  #begin(hello) {
    this.state = hello.state;
    this.frame = hello.frame ? shaped(hello.frame) : null;
    this.rows = hello.history;
    this.events = hello.events;
    this.traces = hello.traces;
  }
}
