/**
 * Plays a record of messages: any moment of it at once, and on from there at any speed.
 *
 *     seek(t) ──▶ moment(t) ──▶ Known ──▶ show
 *     advance(t) ──▶ span(from, to) ──▶ messages up to t ──▶ Known ──▶ show
 *
 * @typedef {[t: number, kind: string, message: import("../types.js").Message]} Told
 * @typedef {{
 *   moment: (t: number) => Promise<import("../types.js").Hello>,
 *   span: (from_t: number, to_t: number) => Promise<{messages: Told[], next_t: number | null}>,
 * }} Record where moments and messages come from; both reject with a CommandError
 */

import { Known } from "../known.js";

const AHEAD_S = 5;
/** Rates are read off the frames of the last seconds; a moment brings only one. */
const LEAD_S = 1.5;

export class Replay {
  /**
   * @param {Record} record
   * @param {(known: Known, t: number) => void} show what is known at the moment that is reached
   * @param {(error: import("../types.js").CommandError) => void} fail a part that cannot be had
   * @param {(frames: import("../types.js").Frame[]) => void} [lead] the frames before a moment
   */
  constructor(record, show, fail, lead = () => {}) {
    this.record = record;
    this.show = show;
    this.fail = fail;
    this.lead = lead;
    this.t = 0;
    this.known = /** @type {Known | null} */ (null);
    /** @type {Told[]} messages that are later than `t` */
    this.coming = [];
    this.loaded_t = 0;
    this.wanted = /** @type {number | null} */ (null);
    this.turn = 0;
    this.loading = false;
    this.seeking = false;
  }

  /**
   * Begins at what is known already, without asking for it.
   *
   * @param {Known} known
   */
  begin(known) {
    this.#stand(known, known.t);
  }

  /**
   * Shows the moment; while one is fetched, only the last one that was wanted comes next.
   *
   * @param {number} t
   */
  async seek(t) {
    this.wanted = t;
    if (this.seeking) return;
    this.seeking = true;
    while (this.wanted !== null) await this.#fetch(this.wanted);
    this.seeking = false;
    await this.#leadUpTo(this.t);
  }

  /**
   * Goes on to a later moment, as far as messages are there already, and fetches the next ones.
   *
   * @param {number} t
   * @param {number} end_t the newest of the record
   * @param {number} speed of going on, for how much is fetched ahead
   * @returns {number} the moment that was reached
   */
  advance(t, end_t, speed) {
    if (!this.known || this.seeking) return this.t;
    const reached_t = Math.min(t, this.loaded_t, end_t);
    let count = 0;
    while (count < this.coming.length && this.coming[count][0] <= reached_t) {
      this.known.take(this.coming[count][2]);
      count += 1;
    }
    this.coming.splice(0, count);
    this.t = Math.max(this.t, reached_t);
    this.show(this.known, this.t);
    const ahead_s = AHEAD_S * Math.max(1, speed);
    if (this.loaded_t < Math.min(this.t + ahead_s / 2, end_t)) {
      this.#load(Math.min(this.t + ahead_s, end_t));
    }
    return this.t;
  }

  /** @param {number} t */
  async #fetch(t) {
    try {
      const hello = await this.record.moment(t);
      const known = new Known();
      known.take(hello);
      this.#stand(known, t);
      this.show(known, t);
    } catch (error) {
      this.fail(/** @type {import("../types.js").CommandError} */ (error));
    }
    if (this.wanted === t) this.wanted = null;
  }

  /** @param {number} t */
  async #leadUpTo(t) {
    const { turn } = this;
    const part = await this.record.span(Math.max(0, t - LEAD_S), t).catch(() => null);
    if (!part || turn !== this.turn || this.t !== t) return;
    this.lead(part.messages.flatMap(([, , told]) => (told.type === "frame" ? [told] : [])));
  }

  /** @param {number} to_t */
  async #load(to_t) {
    if (this.loading) return;
    this.loading = true;
    const turn = this.turn;
    try {
      const from_t = this.loaded_t;
      const { messages, next_t } = await this.record.span(from_t, to_t);
      if (turn === this.turn) {
        const after_t = this.coming.at(-1)?.[0] ?? this.t;
        this.coming.push(...messages.filter(([t]) => t > Math.max(after_t, from_t)));
        this.loaded_t = next_t === null ? to_t : Math.max(from_t, next_t - 1e-6);
      }
    } catch (error) {
      if (turn === this.turn) this.fail(/** @type {import("../types.js").CommandError} */ (error));
    }
    this.loading = false;
  }

  /**
   * @param {Known} known
   * @param {number} t
   */
  #stand(known, t) {
    this.turn += 1;
    this.known = known;
    this.t = t;
    this.coming = [];
    this.loaded_t = t;
  }
}
