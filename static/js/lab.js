/**
 * One lab as this page knows it: now, and, while somebody looks back, a moment of its past.
 *
 *     messages ──▶ now ────────────┐
 *                                  ├──▶ what is shown, in signals ──▶ views
 *     the record ──▶ a moment ─────┘
 *
 * Where time passes fast, messages come faster than anybody can see: signals then change ten times
 * a second, and curves, which are dear to draw, never more than four times.
 *
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Pace} Pace
 * @typedef {{t: number, speed: number | null, paused: boolean}} Past
 */

import { batch, computed, signal } from "@preact/signals";
import { emptyColumns, joined } from "./columns.js";
import { Known } from "./known.js";
import { recentOf } from "./recent.js";
import { shaped } from "./shaped.js";

const SHOWN_EVERY_MS = 95;
const CURVES_EVERY_MS = 240;
const FAST = 1.5;

/** @type {Pace} a live lab's */
const AS_THE_CLOCK = { speed: 1, paused: false, reached_per_s: 1 };

export class Lab {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** Why nothing in it can be changed, in words; "" where something can. */
    this.fixed = "";
    this.now = new Known();
    this.moment = /** @type {Known | null} */ (null);

    this.state = signal(/** @type {State | null} */ (null));
    this.frame = signal(/** @type {import("./types.js").Frame | null} */ (null));
    /** Those before it, where a moment is shown that was not played up to: rates need some. */
    this.before = signal(/** @type {import("./types.js").Frame[]} */ ([]));
    this.rows = signal(emptyColumns());
    this.events = signal(/** @type {import("./types.js").LabEvent[]} */ ([]));
    this.traces = signal(/** @type {import("./types.js").TraceHead[]} */ ([]));
    /** Rows and events up to now, also while a moment of the past is shown. */
    this.curves = signal(emptyColumns());
    this.story = signal(/** @type {import("./types.js").LabEvent[]} */ ([]));
    /** The newest state and time, also while a moment of the past is shown. */
    this.present = signal(/** @type {State | null} */ (null));
    this.edge = signal(0);
    /** Which moment is shown, and how it moves; null: now. */
    this.past = signal(/** @type {Past | null} */ (null));
    this.connection = signal(
      /** @type {import("./types.js").Connection} */ ({
        status: "connecting",
        since: Date.now(),
        reason: "",
      }),
    );

    this.isPast = computed(() => this.past.value !== null);
    this.isVirtual = computed(() => this.present.value?.body === "virtual");
    /** How now moves. */
    this.pace = computed(() => this.present.value?.pace ?? AS_THE_CLOCK);
    /** The lab seconds that pass in a second of what is shown. */
    this.rate = computed(() => {
      if (this.past.value) return rateOf({ ...this.past.value, reached_per_s: null });
      return rateOf(this.pace.value);
    });
    this.recent = computed(() => recentOf(this.rows.value));
    this.t = computed(() => this.past.value?.t ?? this.edge.value);
    this.shownAt_ms = Number.NEGATIVE_INFINITY;
    this.drawnAt_ms = Number.NEGATIVE_INFINITY;
    this.timer = 0;
  }

  /** @param {import("./types.js").Message} message */
  receive(message) {
    this.now.take(message);
    if (this.timer) return;
    const wait_ms = this.shownAt_ms + SHOWN_EVERY_MS - performance.now();
    const isFast = this.rate.peek() > FAST;
    if (message.type === "hello") this.drawnAt_ms = Number.NEGATIVE_INFINITY;
    if (!isFast || wait_ms <= 0 || message.type === "hello") this.#publish();
    else this.timer = /** @type {any} */ (setTimeout(() => this.#publish(), wait_ms));
  }

  /**
   * Shows a moment of the past from now on; or now again.
   *
   * @param {Known | null} moment
   * @param {Past | null} past
   */
  look(moment, past) {
    if (moment !== this.moment) this.drawnAt_ms = Number.NEGATIVE_INFINITY;
    this.moment = moment;
    batch(() => {
      this.past.value = moment && past;
      this.#publish();
    });
  }

  /** @param {import("./types.js").Frame[]} frames up to the moment that is shown, in order */
  lead(frames) {
    const last = this.moment?.frame;
    if (last) this.before.value = frames.filter((frame) => frame.n < last.n).map(shaped);
  }

  #publish() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.shownAt_ms = performance.now();
    const { now, moment } = this;
    const shown = moment ?? now;
    batch(() => {
      this.present.value = now.state;
      this.edge.value = now.t;
      this.story.value = now.events;
      this.state.value = shown.state;
      this.frame.value = shown.frame;
      this.events.value = shown.events;
      this.traces.value = shown.traces;
      this.#publishRows(shown.rows);
    });
  }

  /** @param {import("./types.js").Columns} rows */
  #publishRows(rows) {
    if (this.rows.peek() === rows) return;
    const isEarly = this.shownAt_ms < this.drawnAt_ms + CURVES_EVERY_MS;
    if (isEarly && this.rate.value > FAST) return;
    this.drawnAt_ms = this.shownAt_ms;
    this.rows.value = rows;
    this.curves.value = this.moment ? joined(rows, this.now.rows) : rows;
  }
}

/** @param {Pace} pace */
function rateOf({ speed, paused, reached_per_s }) {
  return paused ? 0 : (speed ?? reached_per_s ?? 16);
}
