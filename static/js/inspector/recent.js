/** The last frames of one figure: for rates and shares that do not dance. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { before, frame } from "../store.js";

/** Frames in a second, as sent. */
export const SECOND = 10;

/**
 * Collects only while the component is on the page, and on the screen where it tells of that.
 *
 * @template T
 * @param {(shown: import("../types.js").Frame) => T} read
 * @param {number} most how many frames are kept
 * @param {import("@preact/signals").ReadonlySignal<boolean>} [seen]
 * @returns {import("@preact/signals").Signal<{t: number, figure: T}[]>} oldest first
 */
export function useRecent(read, most, seen) {
  const recent = useSignal(/** @type {{t: number, figure: T}[]} */ ([]));
  useSignalEffect(() => {
    if (seen && !seen.value) return;
    const led = before.value.map((one) => ({ t: one.t, figure: read(one) }));
    if (led.length > 0) recent.value = led.slice(1 - most);
  });
  useSignalEffect(() => {
    if (seen && !seen.value) return;
    const shown = frame.value;
    before.value;
    if (!shown) return;
    const last_t = recent.peek().at(-1)?.t ?? shown.t;
    if (last_t === shown.t && recent.peek().length > 0) return;
    const kept = shown.t < last_t ? [] : recent.peek();
    recent.value = [...kept.slice(1 - most), { t: shown.t, figure: read(shown) }];
  });
  return recent;
}

/**
 * @param {{t: number, figure: number[] | null | undefined}[]} recent counts by outcome
 * @returns {number[]} their sums, seven of them
 */
export function summed(recent) {
  const sums = [0, 0, 0, 0, 0, 0, 0];
  for (const { figure } of recent) {
    if (figure) for (let at = 0; at < sums.length; at += 1) sums[at] += figure[at];
  }
  return sums;
}

/**
 * @param {{t: number}[]} recent
 * @returns {number} seconds that they stand for: each tells of one tick, and some may be left out
 */
export function span_s(recent) {
  return recent.length / SECOND;
}
