/** Things that last, as bars on a common time line; each lane keeps its place. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

/**
 * @typedef {{from: number, to: number, tone?: string}} Bar as shares of the time line
 * @typedef {{name: string, bars: Bar[], words: string}} Lane
 * @typedef {import("@preact/signals").ReadonlySignal<Lane[]>} Lanes always as many
 * @param {{lanes: Lanes, now?: number, about: string}} props now: where it is, on the line
 */
export function LaneRows({ lanes, now, about }) {
  const count = useComputed(() => lanes.value.length);
  return html`<div class="lanes" role="group" aria-label=${about} title=${about}>
    ${Array.from({ length: count.value }, (_, at) => html`<${Row} key=${at} lanes=${lanes} at=${at} now=${now} />`)}
  </div>`;
}

/** @param {{lanes: Lanes, at: number, now?: number}} props */
function Row({ lanes, at, now }) {
  const name = useComputed(() => lanes.value[at]?.name ?? "");
  const words = useComputed(() => lanes.value[at]?.words ?? "");
  return html`<div class="reading">
    <span class="reading-name">${name}</span>
    <${Bars} lanes=${lanes} at=${at} now=${now} />
    <span class="reading-words numeric">${words}</span>
  </div>`;
}

/** @param {{lanes: Lanes, at: number, now?: number}} props */
function Bars({ lanes, at, now }) {
  const bars = useComputed(() => lanes.value[at]?.bars ?? []);
  return html`<span class="lane" aria-hidden="true">
    ${bars.value.map(
      ({ from, to, tone }, place) =>
        html`<i key=${place} class="lane-bar" data-tone=${tone} style=${`--at:${from.toFixed(4)};--share:${Math.max(0, to - from).toFixed(4)}`}></i>`,
    )}
    ${now !== undefined && html`<span class="threshold" style=${{ "--at": now }}></span>`}
  </span>`;
}
