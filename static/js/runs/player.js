/**
 * Plays a kept run: like a lab whose past is looked at, but there is no now to go back to.
 *
 *     bar, keys ──▶ Player ──seek, advance──▶ Replay ──▶ Lab ──▶ views
 */

import { computed, signal } from "@preact/signals";
import { errorWords } from "../error_words.js";
import { drawer } from "../loop.js";
import { Replay } from "../playback/replay.js";
import { nextSpeed } from "../playback/speeds.js";
import { say } from "../store.js";

const FRAME_S = 0.1;
/** Commands are obeyed sooner than this. */
const OBEYED_S = 0.2;
const LONGEST_STEP_S = 0.1;
/** As fast as it goes: this fast. */
const FASTEST = 64;

/** @typedef {{speed: number | null, paused: boolean}} Pace */

export class Player {
  /**
   * @param {import("../lab.js").Lab} lab
   * @param {import("../playback/replay.js").Record} record
   * @param {{from_t: number, to_t: number}} stretch
   */
  constructor(lab, record, { from_t, to_t }) {
    this.lab = lab;
    this.from_t = from_t;
    this.to_t = to_t;
    this.pace = signal(/** @type {Pace} */ ({ speed: 1, paused: true }));
    /** The moment that is wanted, until it is shown. */
    this.wanted_t = signal(/** @type {number | null} */ (null));
    this.t = computed(() => this.wanted_t.value ?? lab.past.value?.t ?? from_t);
    this.replay = new Replay(
      record,
      (known, t) => this.#show(known, t),
      (error) => this.#fail(error),
      (frames) => lab.lead(frames),
    );
    this.drawer = drawer((now_ms) => this.#goOn(now_ms));
    this.drawn_ms = 0;
  }

  /** @param {number} t */
  seek(t) {
    const within_t = Math.max(this.from_t, Math.min(this.to_t, t));
    this.wanted_t.value = within_t;
    return this.replay.seek(within_t);
  }

  /** Plays or pauses; at its end it begins again. */
  async toggle() {
    const { speed, paused } = this.pace.peek();
    if (paused && this.t.peek() >= this.to_t) await this.seek(this.from_t);
    this.setPace({ speed, paused: !paused });
  }

  /** @param {1 | -1} by one step faster or slower */
  shift(by) {
    const { speed, paused } = this.pace.peek();
    this.setPace({ speed: nextSpeed(speed, by), paused });
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.pace.value = pace;
    const past = this.lab.past.peek();
    if (past) this.lab.past.value = { ...past, ...pace };
    this.drawn_ms = 0;
    if (!pace.paused) this.drawer.mark();
  }

  /** @param {"frame" | "event"} to the next picture, or the one just after the next event */
  step(to) {
    this.#pause();
    const t = this.t.peek();
    return this.seek(to === "frame" ? t + FRAME_S : this.#nextEvent(t) + FRAME_S);
  }

  /**
   * To when something that was asked for at this time has taken hold.
   *
   * @param {number} t
   */
  seekEffect(t) {
    return this.seek(t + OBEYED_S);
  }

  /** @param {number} now_ms */
  #goOn(now_ms) {
    const { speed, paused } = this.pace.peek();
    if (paused) return false;
    const passed_s = this.drawn_ms ? (now_ms - this.drawn_ms) / 1000 : 0;
    this.drawn_ms = now_ms;
    const t = this.replay.t + Math.min(LONGEST_STEP_S, passed_s) * (speed ?? FASTEST);
    if (this.replay.advance(t, this.to_t, speed ?? FASTEST) < this.to_t) return true;
    this.#pause();
    return false;
  }

  /** @param {number} t */
  #nextEvent(t) {
    return this.lab.story.peek().find((event) => event.t > t)?.t ?? this.to_t;
  }

  #pause() {
    this.setPace({ ...this.pace.peek(), paused: true });
  }

  /**
   * @param {import("../known.js").Known} known
   * @param {number} t
   */
  #show(known, t) {
    if (this.wanted_t.peek() === t) this.wanted_t.value = null;
    this.lab.look(known, { t, ...this.pace.peek() });
  }

  /** @param {import("../types.js").CommandError} error */
  #fail(error) {
    this.wanted_t.value = null;
    this.#pause();
    say(errorWords(error));
  }
}
