/** Python source with line numbers and colours, to be read and copied. */

import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { CopyButton } from "./copy.js";
import { pythonLines } from "./python.js";

/** @param {{name: string, source: string}} props name: of the module */
export function Source({ name, source }) {
  const lines = useMemo(() => pythonLines(source), [source]);
  return html`
    <figure class="source">
      <figcaption class="source-head">
        <code>lab/patterns/${name}.py</code>
        <span class="quiet">${lines.length} lines</span>
        <${CopyButton} text=${source} label=${`Copy the source of ${name}`} />
      </figcaption>
      <pre class="source-lines" tabindex="0" aria-label=${`Source of ${name}`}><code>${lines.map(
        (pieces, at) =>
          html`<span class="source-line" key=${at}
            >${pieces.map(({ kind, text }, index) =>
              kind === "plain" ? text : html`<span key=${index} data-piece=${kind}>${text}</span>`,
            )}${"\n"}</span>`,
      )}</code></pre>
    </figure>
  `;
}
