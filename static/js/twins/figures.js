/** The present numbers of both twins, and what B has over A. */

import { html } from "../html.js";
import { MEASURES, presentOf, verdict } from "./comparison.js";
import { measure } from "./measure_chart.js";

/** @param {{pair: import("./pair.js").Pair}} props */
export function Figures({ pair }) {
  const a = pair.a.rows.value;
  const b = pair.b.rows.value;
  return html`<table class="figures">
    <caption class="visually-hidden">The last ten seconds of A and B, and the difference</caption>
    <thead>
      <tr>
        <th scope="col">Last 10 s</th>
        <th scope="col"><i class="figure-key" data-side="a"></i>A</th>
        <th scope="col"><i class="figure-key" data-side="b"></i>B</th>
        <th scope="col">B against A</th>
      </tr>
    </thead>
    <tbody>
      ${MEASURES.map(
        (one) =>
          html`<${Row} key=${one.name} measure=${one} a=${presentOf(a, one)} b=${presentOf(b, one)} />`,
      )}
    </tbody>
  </table>`;
}

/** @type {Readonly<Record<string, string>>} */
const WORDS = { better: "better", worse: "worse", same: "the same", unknown: "–" };

/** @param {{measure: import("./comparison.js").Measure, a: number | null, b: number | null}} props */
function Row({ measure: one, a, b }) {
  const told = verdict(one, a, b);
  return html`<tr data-shown=${one === measure.value ? "" : null}>
    <th scope="row" title=${one.about}>${one.title}</th>
    <td>${one.read(a)}</td>
    <td>${one.read(b)}</td>
    <td class="figure-gap" data-verdict=${told}>
      ${a !== null && b !== null && html`<b>${one.gap(a, b)}</b>`}
      <span>${WORDS[told]}</span>
    </td>
  </tr>`;
}
