/**
 * What each service answered lately, well and badly, by half seconds: the list's sparklines.
 *
 * @typedef {{good: number[], bad: number[]}} Pulse oldest first
 */

import { effect, signal } from "@preact/signals";
import { frame, state } from "../store.js";

const KEPT = 60;
const TICKS = 5;

/** By service; a new map twice a second. */
export const pulses = signal(/** @type {Map<string, Pulse>} */ (new Map()));

const open = { ticks: 0, sums: /** @type {Map<string, [number, number]>} */ (new Map()) };

effect(() => {
  const now = frame.value;
  const shown = state.peek();
  if (!now || shown?.instances.length !== now.instances.length) return;
  shown.instances.forEach(({ service }, place) => {
    const sum = open.sums.get(service) ?? [0, 0];
    const tick = now.instances[place];
    open.sums.set(service, tick ? [sum[0] + tick[3], sum[1] + tick[4]] : sum);
  });
  open.ticks += 1;
  if (open.ticks >= TICKS) close();
});

function close() {
  const next = new Map();
  for (const [service, [good, bad]] of open.sums) {
    const before = pulses.peek().get(service);
    next.set(service, {
      good: [...(before?.good ?? []), good].slice(-KEPT),
      bad: [...(before?.bad ?? []), bad].slice(-KEPT),
    });
  }
  pulses.value = next;
  open.sums = new Map();
  open.ticks = 0;
}
