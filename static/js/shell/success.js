/** The one number: how many of the users were served, over the last ten seconds. */

import { html } from "../html.js";
import { shareWords } from "../map/users_node.js";
import { OUTCOMES } from "../outcomes.js";
import { recent } from "../store.js";

export function Success() {
  const { counts, ended, good_ratio } = recent.value;
  const exact = OUTCOMES.map(({ word }, outcome) => ({ word, count: Math.round(counts[outcome]) }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
  return html`<div class="success" title=${exact ? `Last 10 s: ${exact}` : "No request has ended yet"}>
    <span class="success-value" data-low=${good_ratio !== null && good_ratio < 0.99 ? "" : null}>
      ${good_ratio === null ? "–" : shareWords(good_ratio)}
    </span>
    <span class="success-about">
      <span class="success-words">served, last 10 s</span>
      <span class="success-bar" aria-hidden="true">
        ${
          ended > 0 &&
          OUTCOMES.map(
            ({ name, color }, outcome) =>
              counts[outcome] > 0 &&
              html`<i key=${name} style=${{ flexGrow: counts[outcome], background: color }}></i>`,
          )
        }
      </span>
    </span>
  </div>`;
}
