/** How full something is: so many of so many, as a bar and in words. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

/**
 * @param {{
 *   name: string, most: number | null, value: import("@preact/signals").ReadonlySignal<number | null>,
 * }} props most null: without a bound
 */
export function Gauge({ name, most, value }) {
  const words = useComputed(() => {
    if (value.value === null) return "no news";
    return most === null ? `${value.value}, no bound` : `${value.value} of ${most}`;
  });
  const style = useComputed(() => `--share:${share(value.value, most)}`);
  const isFull = useComputed(() => (most !== null && (value.value ?? 0) >= most ? "full" : "free"));
  return html`
    <div class="reading" data-kind="load" data-full=${isFull}>
      <span class="reading-name">${name}</span>
      <span class="share" aria-hidden="true"><span class="share-bar" style=${style}></span></span>
      <span class="reading-words numeric">${words}</span>
    </div>
  `;
}

/**
 * Without a bound the bar only approaches its end.
 *
 * @param {number | null} value
 * @param {number | null} most
 */
function share(value, most) {
  if (!value) return 0;
  return most === null ? value / (value + 50) : Math.min(1, value / Math.max(1, most));
}
