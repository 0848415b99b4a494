/** The lab's time between two messages, for countdowns: what the newest frame said, carried on. */

import { effect, signal } from "@preact/signals";
import { shown, state } from "./store.js";

const STEP_MS = 200;
const LONGEST_GUESS_S = 2;

/** Seconds since the lab started, five times a second while something counts down. */
export const labTime = signal(0);

const anchor = { t: 0, at_ms: 0, rate: 0, timer: 0 };

effect(() => {
  anchor.t = shown.value.t.value;
  anchor.rate = shown.value.rate.value;
  anchor.at_ms = performance.now();
  if (counts()) start();
  else labTime.value = anchor.t;
});

function counts() {
  const faults = state.value?.faults ?? [];
  const isTimed = faults.some((fault) => fault.ends_t !== null || fault.starts_t !== null);
  return anchor.rate > 0 && isTimed;
}

function start() {
  if (anchor.timer) return;
  step();
  anchor.timer = setInterval(step, STEP_MS);
}

function step() {
  const passed_s = Math.min(LONGEST_GUESS_S, (performance.now() - anchor.at_ms) / 1000);
  labTime.value = anchor.t + passed_s * anchor.rate;
  if (anchor.timer && !counts()) {
    clearInterval(anchor.timer);
    anchor.timer = 0;
  }
}
