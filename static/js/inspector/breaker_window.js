/** What a breaker has seen: a cell for each call, or a column for each slice of time. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

const CELLS_MOST = 30;

/** @type {Record<string, string>} */
const CELL_WORDS = { ".": "ok", x: "failed", s: "slow", X: "slow and failed" };

/**
 * @typedef {import("@preact/signals").ReadonlySignal<any>} Live the newest snapshot, or null
 * @param {{settings: Record<string, any>, live: Live}} props
 */
export function BreakerWindow({ settings, live }) {
  const words = useComputed(() => windowWords(live.value));
  const isByTime = useComputed(() => Array.isArray(live.value?.window));
  return html`
    <div class="reading">
      <span class="reading-name">Window</span>
      ${
        isByTime.value
          ? html`<${Buckets} live=${live} />`
          : html`<${Cells} live=${live} settings=${settings} />`
      }
      <span class="reading-words numeric">${words}</span>
    </div>
  `;
}

/**
 * @param {any} snapshot
 * @returns {string}
 */
export function windowWords(snapshot) {
  if (!snapshot) return "–";
  const { state, calls, failures, minimum_calls } = snapshot;
  const isFew = state === "closed" && calls < minimum_calls;
  return `${failures} of ${calls} bad${isFew ? `, min. ${minimum_calls}` : ""}`;
}

/** @param {{live: Live, settings: Record<string, any>}} props */
function Cells({ live, settings }) {
  const cells = useComputed(() => String(live.value?.window ?? ""));
  const isProbing = useComputed(() => live.value?.state === "half_open");
  const size = Math.min(isProbing.value ? settings.permits : settings.window_calls, CELLS_MOST);
  const shown = cells.value.slice(-size);
  const minimum = isProbing.value ? size : Math.min(settings.minimum_calls, size);
  return html`<span class="cells" aria-hidden="true">
    ${Array.from({ length: size }, (_, index) => {
      const cell = shown[index] ?? "";
      return html`<i
        key=${index}
        class="cell"
        data-cell=${cell}
        data-minimum=${index + 1 === minimum && minimum < size ? "" : null}
        title=${CELL_WORDS[cell] ?? "empty"}
      ></i>`;
    })}
  </span>`;
}

/** @param {{live: Live}} props */
function Buckets({ live }) {
  const buckets = /** @type {number[][]} */ (live.value?.window ?? []);
  const most = Math.max(1, ...buckets.map(([ok, failed]) => ok + failed));
  return html`<span class="buckets" aria-hidden="true">
    ${buckets.map(
      ([ok, failed], index) => html`<i key=${index} class="bucket">
        <i class="bucket-bad" style=${{ height: `${(failed / most) * 100}%` }}></i>
        <i class="bucket-good" style=${{ height: `${(ok / most) * 100}%` }}></i>
      </i>`,
    )}
  </span>`;
}
