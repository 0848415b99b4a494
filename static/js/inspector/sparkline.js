/** The last seconds of a figure as a curve, with the line that it should not cross. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { curvePath, HEIGHT, heightOf, WIDTH } from "./curve.js";

/**
 * @template T
 * @typedef {import("@preact/signals").ReadonlySignal<T>} Signal
 */
/**
 * @param {{
 *   points: Signal<import("./curve.js").Point[]>, span_s: number,
 *   most: Signal<number>, line: Signal<number | null>,
 * }} props most: the figure at the upper edge; line: where to draw one. It is for the eye alone:
 *   say the same in words beside it
 */
export function Sparkline({ points, span_s, most, line }) {
  const path = useComputed(() => curvePath(points.value, span_s, most.value));
  const rule = useComputed(() => {
    if (line.value === null) return "";
    return `M0 ${heightOf(line.value, most.value).toFixed(1)}H${WIDTH}`;
  });
  return html`<svg
    class="sparkline"
    viewBox=${`0 0 ${WIDTH} ${HEIGHT}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path class="sparkline-rule" d=${rule} />
    <path class="sparkline-curve" d=${path} />
  </svg>`;
}
