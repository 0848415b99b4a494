/** What a pattern has counted since it began. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

/**
 * @typedef {import("@preact/signals").ReadonlySignal<any>} Live a snapshot with `counts`, or null
 * @param {{names: [key: string, words: string, tone?: string][], live: Live}} props
 *   tone: how a part of this name is drawn in a bar above
 */
export function CountList({ names, live }) {
  return html`<dl class="counts">
    ${names.map(
      ([key, words, tone]) =>
        html`<${Count} key=${key} name=${key} words=${words} tone=${tone} live=${live} />`,
    )}
  </dl>`;
}

/** @param {{name: string, words: string, tone?: string, live: Live}} props */
function Count({ name, words, tone, live }) {
  const value = useComputed(() => String(live.value?.counts?.[name] ?? "–"));
  const isNone = useComputed(() => (live.value?.counts?.[name] ? "some" : "none"));
  return html`<div class="count" data-amount=${isNone} data-tone=${tone}>
    <dt>${words}</dt>
    <dd class="numeric">${value}</dd>
  </div>`;
}
