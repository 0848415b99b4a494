/** A share of something against the line where it starts to matter. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { percent } from "./words.js";

/**
 * @param {{
 *   name: string, share: import("@preact/signals").ReadonlySignal<number>, threshold: number | null,
 *   words: string, kind: string,
 * }} props share and threshold from 0 to 1
 */
export function ShareBar({ name, share, threshold, words, kind }) {
  const shown = useComputed(() => percent(share.value));
  const now = useComputed(() => Math.round(share.value * 100));
  const over = useComputed(() =>
    threshold !== null && share.value >= threshold ? "over" : "under",
  );
  const style = useComputed(() => `--share:${Math.min(1, share.value)}`);
  return html`
    <div class="reading" data-kind=${kind} data-over=${over}>
      <span class="reading-name">${name}</span>
      <span
        class="share"
        role="meter"
        aria-label=${`${name}, ${words}`}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${now}
        aria-valuetext=${shown}
      >
        <span class="share-bar" style=${style}></span>
        ${threshold !== null && html`<span class="threshold" style=${{ "--at": threshold }}></span>`}
      </span>
      <span class="reading-words numeric"><b>${shown}</b> <span class="quiet">${words}</span></span>
    </div>
  `;
}
