/** Which request the layers of a chain were counted for. */

import { html } from "../html.js";
import { OutcomeWord } from "./outcome_words.js";
import { milliseconds } from "./words.js";

/**
 * @param {{
 *   last: import("@preact/signals").ReadonlySignal<import("./last_counts.js").LastCounts | null>,
 * }} props
 */
export function LastRequest({ last }) {
  const head = last.value?.head;
  if (!head) {
    return html`<span class="quiet">Counts appear with the next request that is kept.</span>`;
  }
  return html`<span class="last-request">
    Counted for <b>${head.route}</b>, <${OutcomeWord} outcome=${head.outcome} />${" "}
    <span class="numeric">in ${milliseconds(head.duration_ms)}</span>
  </span>`;
}
