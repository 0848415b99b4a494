/** What a pattern has counted since it began. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

/**
 * @typedef {import("@preact/signals").ReadonlySignal<any>} Live a snapshot with `counts`, or null
 * @param {{names: [key: string, words: string][], live: Live}} props
 */
export function CountList({ names, live }) {
  return html`<dl class="counts">
    ${names.map(([key, words]) => html`<${Count} key=${key} name=${key} words=${words} live=${live} />`)}
  </dl>`;
}

/** @param {{name: string, words: string, live: Live}} props */
function Count({ name, words, live }) {
  const value = useComputed(() => String(live.value?.counts?.[name] ?? "–"));
  const isNone = useComputed(() => (live.value?.counts?.[name] ? "some" : "none"));
  return html`<div class="count" data-amount=${isNone}>
    <dt>${words}</dt>
    <dd class="numeric">${value}</dd>
  </div>`;
}
