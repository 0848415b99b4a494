/** The lab's time between two messages, for countdowns: what the newest frame said, carried on. */

import { effect, signal } from "@preact/signals";
import { frame, paused, state } from "./store.js";

const STEP_MS = 200;
const LONGEST_GUESS_S = 2;

/** Seconds since the lab started, five times a second while something counts down. */
export const labTime = signal(0);

const anchor = { t: 0, at_ms: 0, timer: 0 };

effect(() => {
  const t = Math.max(frame.value?.t ?? 0, state.value?.t ?? 0);
  anchor.t = t;
  anchor.at_ms = performance.now();
  if (counts()) start();
});

function counts() {
  const faults = state.value?.faults ?? [];
  return !paused.value && faults.some((fault) => fault.ends_t !== null || fault.starts_t !== null);
}

function start() {
  if (anchor.timer) return;
  step();
  anchor.timer = setInterval(step, STEP_MS);
}

function step() {
  const passed_s = (performance.now() - anchor.at_ms) / 1000;
  labTime.value = anchor.t + Math.min(LONGEST_GUESS_S, passed_s);
  if (anchor.timer && !counts()) {
    clearInterval(anchor.timer);
    anchor.timer = 0;
  }
}
