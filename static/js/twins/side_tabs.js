/** On a narrow window one twin is seen at a time. */

import { html } from "../html.js";
import { shareWords } from "../map/users_node.js";

/** @param {{pair: import("./pair.js").Pair}} props */
export function SideTabs({ pair }) {
  return html`<nav class="side-tabs" aria-label="Which twin is shown">
    ${
      /** @type {const} */ (["a", "b"]).map((side) => {
        const { good_ratio } = pair[side].recent.value;
        return html`<button
        type="button"
        key=${side}
        class="side-tab"
        data-side=${side}
        aria-pressed=${pair.chosen.value === side ? "true" : "false"}
        onClick=${() => pair.choose(side)}
      >
        <b>${side.toUpperCase()}</b>
        <span class="tabular">${good_ratio === null ? "–" : shareWords(good_ratio)} served</span>
      </button>`;
      })
    }
  </nav>`;
}
