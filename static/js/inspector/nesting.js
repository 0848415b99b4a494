/** The enabled patterns as nested brackets: which one sees what. */

import { html } from "../html.js";
import { nesting } from "./layer_words.js";

/** @param {{chain: import("../types.js").Layer[]}} props */
export function Nesting({ chain }) {
  const names = chain.filter((layer) => layer.enabled).map((layer) => layer.pattern);
  return html`
    <p class="nesting" role="img" aria-label=${`Order: ${nesting(chain)}`}>
      ${names.map((name, depth) => html`<span class="nesting-name" key=${name} data-depth=${depth % 4}>${name}(</span>`)}
      <span class="nesting-call">call</span>
      <span class="nesting-ends"
        >${[...names]
          .reverse()
          .map(
            (name, index) =>
              html`<span key=${name} data-depth=${(names.length - 1 - index) % 4}>)</span>`,
          )}</span
      >
    </p>
  `;
}
