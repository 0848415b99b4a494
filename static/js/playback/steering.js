/**
 * What the playback bar does to a lab: its time, if it is virtual, and the way back to its past.
 *
 *     now ──seek, freeze──▶ past ⇄ replaying ──end of the record, back to now──▶ now
 *
 * While the past of a virtual lab is looked at, its now stands still; a live one runs on.
 */

import { computed, signal } from "@preact/signals";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { until } from "../inspector/until.js";
import { drawer } from "../loop.js";
import { sendOrSay } from "../send_or_say.js";
import { say } from "../store.js";
import { recordOfLab } from "./records.js";
import { Replay } from "./replay.js";
import { nextSpeed } from "./speeds.js";

const AT_THE_EDGE_S = 0.05;
const FRAME_S = 0.1;
/** A replay that goes as fast as it goes: this fast. */
const FASTEST = 64;
const LONGEST_STEP_S = 0.3;
/** Frames tell of tenths of a second; what travels between them goes by its own clock. */
const SHOWN_EVERY_MS = 95;
const TOLD_WITHIN_MS = 2_000;

/**
 * @typedef {import("../lab.js").Lab} Lab
 * @typedef {import("../lab.js").Past} Past
 * @typedef {{speed: number | null, paused: boolean}} Pace
 */

export class Steering {
  /** @param {Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.replay = new Replay(
      recordOfLab(lab),
      (known, t) => this.#show(known, t),
      (error) => this.#fail(error),
      (frames) => lab.lead(frames),
    );
    this.drawer = drawer((now_ms) => this.#goOn(now_ms));
    this.drawn_ms = 0;
    /** Whether now went on when the past was first looked at. */
    this.resumes = false;
    /** The moment that is wanted, until it is shown. */
    this.wanted_t = signal(/** @type {number | null} */ (null));
    /** The pace that is wanted, until the lab goes at it: keys may be pressed faster than it tells. */
    this.wanted_pace = signal(/** @type {Pace | null} */ (null));
    this.branching = signal(false);
    this.pace = computed(() => {
      const { past, pace } = lab;
      const { speed, paused } = past.value ?? this.wanted_pace.value ?? pace.value;
      return { speed, paused };
    });
    this.t = computed(() => this.wanted_t.value ?? lab.t.value);
  }

  /** @param {number} t */
  seek(t) {
    if (t >= this.lab.edge.peek() - AT_THE_EDGE_S) return this.toNow();
    this.#hold();
    this.wanted_t.value = t;
    this.replay.seek(t);
  }

  /** Shows now again; a lab that was going on when it was left goes on. */
  toNow() {
    this.wanted_t.value = null;
    this.replay.wanted = null;
    this.lab.look(null, null);
    if (this.resumes) this.#setPace({ ...this.#nowPace(), paused: false });
    this.resumes = false;
  }

  /** Plays or pauses what is shown. */
  toggle() {
    const { speed, paused } = this.pace.peek();
    this.setPace({ speed, paused: !paused });
  }

  /** @param {1 | -1} by one step faster or slower */
  shift(by) {
    const { speed, paused } = this.pace.peek();
    if (this.canChangeSpeed()) this.setPace({ speed: nextSpeed(speed, by), paused });
  }

  /** @param {Pace} pace */
  setPace(pace) {
    const past = this.lab.past.peek();
    if (past) this.#replayAt(past, pace);
    else if (this.lab.isVirtual.peek()) this.#setPace(pace);
    else if (pace.paused) this.#freeze();
  }

  /** @param {"frame" | "event"} to up to the next picture, or the next thing that happens */
  step(to) {
    const past = this.lab.past.peek();
    if (past) this.seek(to === "frame" ? past.t + FRAME_S : nextEvent(this.lab, past.t));
    else if (this.lab.isVirtual.peek()) sendOrSay("step", { to }, this.lab);
  }

  /** Begins a lab at the moment that is shown, and goes to see it beside this one. */
  async branch() {
    if (this.branching.peek()) return;
    this.branching.value = true;
    try {
      const at_t = this.t.peek();
      const made = await askApi("POST", `/labs/${this.lab.id}/branch`, { at_t });
      location.assign(`/labs/${made.id}/twins/`);
    } catch (error) {
      this.#fail(/** @type {import("../types.js").CommandError} */ (error));
    }
    this.branching.value = false;
  }

  canChangeSpeed() {
    return this.lab.isVirtual.value || this.lab.past.value !== null;
  }

  /** Nothing more happens in a virtual lab while its past is looked at. */
  #hold() {
    if (this.lab.past.peek() || this.wanted_t.peek() !== null) return;
    if (!this.lab.isVirtual.peek() || this.#nowPace().paused) return;
    this.resumes = true;
    this.#setPace({ ...this.#nowPace(), paused: true });
  }

  /** The picture stands still; the cluster runs on. */
  #freeze() {
    this.replay.begin(this.lab.now.copy());
    const { known, t } = this.replay;
    this.lab.look(known, { t, speed: 1, paused: true });
  }

  /**
   * @param {Past} past
   * @param {Pace} pace
   */
  #replayAt(past, { speed, paused }) {
    this.lab.past.value = { ...past, speed, paused };
    this.drawn_ms = 0;
    if (!paused) this.drawer.mark();
  }

  /** @param {number} now_ms */
  #goOn(now_ms) {
    const past = this.lab.past.peek();
    if (!past || past.paused) return false;
    if (now_ms < this.drawn_ms + SHOWN_EVERY_MS) return true;
    const passed_s = this.drawn_ms ? (now_ms - this.drawn_ms) / 1000 : 0;
    this.drawn_ms = now_ms;
    const speed = past.speed ?? FASTEST;
    const edge_t = this.lab.edge.peek();
    const t = past.t + Math.min(LONGEST_STEP_S, passed_s) * speed;
    if (this.replay.advance(t, edge_t, speed) < edge_t - AT_THE_EDGE_S) return true;
    this.resumes ||= this.lab.isVirtual.peek();
    this.toNow();
    return false;
  }

  /**
   * @param {import("../known.js").Known} known
   * @param {number} t
   */
  #show(known, t) {
    if (this.wanted_t.peek() === t) this.wanted_t.value = null;
    const { speed, paused } = this.lab.past.peek() ?? { speed: 1, paused: true };
    this.lab.look(known, { t, speed, paused });
  }

  #nowPace() {
    const { speed, paused } = this.wanted_pace.peek() ?? this.lab.pace.peek();
    return { speed, paused };
  }

  /** @param {Pace} pace */
  async #setPace(pace) {
    this.wanted_pace.value = pace;
    const obeyed = await sendOrSay("set_pace", { ...pace }, this.lab);
    if (obeyed) await until(() => isSame(this.lab.pace.value, pace), TOLD_WITHIN_MS);
    if (this.wanted_pace.peek() === pace) this.wanted_pace.value = null;
  }

  /** @param {import("../types.js").CommandError} error */
  #fail(error) {
    this.wanted_t.value = null;
    say(errorWords(error));
  }
}

/**
 * @param {Pace} one
 * @param {Pace} other
 */
function isSame(one, other) {
  return one.speed === other.speed && one.paused === other.paused;
}

/**
 * @param {Lab} lab
 * @param {number} t
 * @returns {number} when something happens next, as the record knows; now, if nothing does
 */
function nextEvent(lab, t) {
  return lab.story.peek().find((event) => event.t > t + 0.001)?.t ?? lab.edge.peek();
}
