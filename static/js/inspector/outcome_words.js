/** Outcomes with their words: one, or the shares of many. */

import { html } from "../html.js";
import { OutcomeMark } from "../marks.js";
import { OUTCOME, OUTCOMES } from "../outcomes.js";

/** @param {{outcome: string}} props */
export function OutcomeWord({ outcome }) {
  return html`<span class="outcome" data-outcome=${outcome}>
    <${OutcomeMark} outcome=${outcome} />${OUTCOME[outcome]?.word ?? outcome}
  </span>`;
}

/**
 * Shares of all that ended, as one bar and as words; what did not happen keeps its place.
 *
 * @param {{counts: import("@preact/signals").ReadonlySignal<number[]>, over: string}} props
 *   over: "the last 10 s"
 */
export function OutcomeShares({ counts, over }) {
  const total = counts.value.reduce((sum, count) => sum + count, 0);
  return html`
    <div class="outcome-shares">
      <span class="outcome-bar" aria-hidden="true">
        ${OUTCOMES.map(
          ({ name }, at) =>
            counts.value[at] > 0 &&
            html`<i key=${name} data-outcome=${name} style=${{ flexGrow: counts.value[at] }}></i>`,
        )}
      </span>
      <ul class="outcome-list">
        ${OUTCOMES.map(({ name }, at) => ({ name, count: counts.value[at] }))
          .filter(({ name, count }) => count > 0 || name === "ok" || name === "failed")
          .map(
            ({ name, count }) => html`<li key=${name}>
              <${OutcomeWord} outcome=${name} /> <b class="numeric">${count}</b>
            </li>`,
          )}
      </ul>
      <p class="quiet">${total === 0 ? `nothing ended in ${over}` : `in ${over}`}</p>
    </div>
  `;
}
