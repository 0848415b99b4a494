/** The enabled patterns as nested brackets: which one sees what. */

import { html } from "../html.js";
import { nesting } from "./layer_words.js";

/** @param {{chain: import("../types.js").Layer[]}} props */
export function Nesting({ chain }) {
  const names = chain.filter((layer) => layer.enabled).map((layer) => layer.pattern);
  return html`
    <p class="nesting" role="img" aria-label=${`Order: ${nesting(chain)}`}>
      ${names.map((name) => [html`<span class="nesting-name" key=${name}>${name}(</span>`, " "])}
      <span class="nesting-call">call</span> ${")".repeat(names.length)}
    </p>
  `;
}
