/** Keeps a lab at a time that another one sets: at its now if it is there, else in its past. */

import { drawer } from "../loop.js";
import { recordOfLab } from "./records.js";
import { Replay } from "./replay.js";

/** So close to its own now a lab is at its now. */
const NEAR_S = 0.35;
/** So far ahead it is quicker to ask for the moment than to play up to it. */
const LEAP_S = 4;

export class Follower {
  /** @param {import("../lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.replay = new Replay(
      recordOfLab(lab),
      (known, t) => lab.look(known, this.#past(t)),
      () => {},
      (frames) => lab.lead(frames),
    );
    this.wanted_t = /** @type {number | null} */ (null);
    this.rate = 0;
    this.drawer = drawer(() => this.#catchUp());
  }

  /**
   * @param {number | null} t null: its own now
   * @param {number} rate at which it goes on from there; 0: it stands still
   */
  follow(t, rate) {
    this.rate = rate;
    this.wanted_t = t === null || t >= this.lab.edge.peek() - NEAR_S ? null : Math.max(0, t);
    this.drawer.mark();
  }

  #catchUp() {
    const { lab, replay, wanted_t } = this;
    if (wanted_t === null) {
      replay.wanted = null;
      if (lab.past.peek()) lab.look(null, null);
      return false;
    }
    const ahead_s = wanted_t - replay.t;
    if (!lab.past.peek() || ahead_s < 0 || ahead_s > LEAP_S) replay.seek(wanted_t);
    else replay.advance(wanted_t, lab.edge.peek(), this.rate);
    return replay.t < wanted_t && !replay.seeking;
  }

  /** @param {number} t */
  #past(t) {
    return { t, speed: this.rate, paused: this.rate === 0 };
  }
}
