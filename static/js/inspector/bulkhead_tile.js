/** A bulkhead: its permits as seats, its waiters as a queue before the door. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { CountList } from "./count_list.js";

/** @type {[key: string, words: string][]} */
const COUNTS = [
  ["entered", "entered"],
  ["queued", "had to wait"],
  ["full", "refused"],
  ["abandoned", "gave up waiting"],
];

const SEATS_MOST = 40;

/**
 * @param {{
 *   caller: string, title: string, label: string, layer: import("../types.js").Layer,
 *   live: import("@preact/signals").ReadonlySignal<any>,
 * }} props
 */
export function BulkheadTile({ caller, title, label, layer, live }) {
  const now = useComputed(() => live.value?.state ?? "unknown");
  const reason = useComputed(() => live.value?.reason ?? "no news from this caller");
  const inside = useComputed(() => live.value?.inside ?? 0);
  const waiting = useComputed(() => live.value?.waiting ?? 0);
  const taken = useComputed(() => `${inside.value} of ${layer.permits}`);
  const queue = useComputed(() => `${waiting.value} of ${layer.queue}`);
  return html`
    <section class="tile bulkhead" data-pattern="bulkhead" data-state=${now} aria-label=${label}>
      <header class="tile-head">
        <strong>${title}</strong>
        <span class="tile-state">${now}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="tile-reason">${reason}</p>
      <div class="reading">
        <span class="reading-name">Permits</span>
        <${Seats} total=${layer.permits} taken=${inside} />
        <span class="reading-words numeric">${taken}</span>
      </div>
      ${
        layer.queue > 0 &&
        html`<div class="reading">
        <span class="reading-name">Waiting</span>
        <${Seats} total=${layer.queue} taken=${waiting} isQueue />
        <span class="reading-words numeric">${queue}</span>
      </div>`
      }
      <${CountList} names=${COUNTS} live=${live} />
    </section>
  `;
}

/**
 * @param {{
 *   total: number, taken: import("@preact/signals").ReadonlySignal<number>, isQueue?: boolean,
 * }} props too many seats are drawn as one bar
 */
function Seats({ total, taken, isQueue }) {
  const style = useComputed(() => `--share:${Math.min(1, taken.value / total)}`);
  if (total > SEATS_MOST) {
    return html`<span class="share" aria-hidden="true"><span class="share-bar" style=${style}></span></span>`;
  }
  return html`<span class="seats" data-queue=${isQueue ? "" : null} aria-hidden="true">
    ${Array.from({ length: total }, (_, at) => html`<i key=${at} data-taken=${at < taken.value ? "" : null}></i>`)}
  </span>`;
}
