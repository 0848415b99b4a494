/** What became of the last calls, as parts of one bar; their counts since the beginning beneath. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { CountList } from "./count_list.js";
import { changeOf, sharesOf, shareWords } from "./parts.js";
import { SECOND, useRecent } from "./recent.js";

const KEPT_S = 10;

/**
 * @typedef {import("./while_seen.js").Live} Live a snapshot with `counts`
 * @typedef {import("./pictures.js").Read} Read
 * @typedef {[key: string, words: string, tone?: string]} Part without a tone it is only counted
 * @param {{parts: Part[], live: Live, seen: import("./while_seen.js").Seen, read: Read}} props
 *   the first part is the one whose share is said
 */
export function PartsBar({ parts, live, seen, read }) {
  const recent = useRecent((shown) => read(shown)?.counts ?? null, KEPT_S * SECOND, seen);
  const drawn = parts.filter(([, , tone]) => tone);
  const keys = drawn.map(([key]) => key);
  const shares = useComputed(() => sharesOf(changeOf(recent.value, keys, KEPT_S)));
  const words = useComputed(() => {
    const first = shares.value?.[0];
    return first == null ? "none of late" : `${shareWords(first)} ${drawn[0][1]}`;
  });
  return html`
    <div class="reading" title=${`what ended in the last ${KEPT_S} s`}>
      <span class="reading-name">Lately</span>
      <span class="parts" aria-hidden="true">
        ${drawn.map(
          ([key, , tone], at) =>
            html`<${Slice} key=${key} tone=${tone} shares=${shares} at=${at} />`,
        )}
      </span>
      <span class="reading-words numeric">${words}</span>
    </div>
    <${CountList} names=${parts} live=${live} />
  `;
}

/**
 * @param {{
 *   tone: string, at: number, shares: import("@preact/signals").ReadonlySignal<number[] | null>,
 * }} props
 */
function Slice({ tone, at, shares }) {
  const style = useComputed(() => `flex-grow:${(shares.value?.[at] ?? 0).toFixed(3)}`);
  return html`<i data-tone=${tone} style=${style}></i>`;
}
