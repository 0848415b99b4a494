/**
 * Two labs that are looked at together: one is steered, the other follows its time.
 *
 *     virtual: the same lab time; one that is ahead shows what it was then, from its record
 *     live:    now beside now; a moment of the past beside what the other was at the same time
 *
 * @typedef {import("../lab.js").Lab} Lab
 * @typedef {"a" | "b"} Side
 */

import { computed, effect, signal } from "@preact/signals";
import { Follower } from "../playback/follower.js";
import { Steering } from "../playback/steering.js";
import { shown } from "../store.js";
import { differencesOf } from "./differences.js";

export class Pair {
  /**
   * @param {Lab} a the older one
   * @param {Lab} b
   * @param {(pattern: string) => string} titleOf a pattern's name for people
   */
  constructor(a, b, titleOf) {
    this.a = a;
    this.b = b;
    /** Which one the inspector is about. */
    this.chosen = computed(() => (shown.value === a ? "a" : "b"));
    this.isVirtual = computed(() => a.isVirtual.value && b.isVirtual.value);
    this.differences = computed(() => differencesOf(a.state.value, b.state.value, titleOf));
    /** What is added to B's times to get A's: live twins begin one after the other. */
    this.offset_s = signal(0);
    this.steering = new Steering(b);
    this.follower = new Follower(a);
  }

  /**
   * Keeps both at the same time, from now on.
   *
   * @returns {() => void} to end it
   */
  link() {
    const ends = [
      effect(() => this.#measure()),
      effect(() => {
        const { past, t, rate } = this.b;
        const at_t = t.value + this.offset_s.value;
        const isNow = past.value === null && !this.isVirtual.value;
        this.follower.follow(isNow ? null : at_t, rate.value);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  /** @param {Side} side */
  choose(side) {
    shown.value = this[side];
  }

  /** @param {Side} side */
  other(side) {
    return side === "a" ? "b" : "a";
  }

  /** Live labs pass the same second at the same time; only how far apart they began is measured. */
  #measure() {
    const { a, b } = this;
    const apart_s = a.edge.value - b.edge.value;
    if (this.isVirtual.value) this.offset_s.value = 0;
    else if (a.edge.value > 0 && b.edge.value > 0) {
      if (Math.abs(apart_s - this.offset_s.peek()) > DRIFT_S) {
        this.offset_s.value = Math.round(apart_s * 2) / 2;
      }
    }
  }
}

/** Frames of two labs come one after the other: so much is no drift. */
const DRIFT_S = 1;
