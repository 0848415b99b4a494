/** One call of a request, layer by layer: what each of its chain saw and counted. */

import { html } from "../html.js";
import { state } from "../store.js";
import { titleOf } from "./chain_list.js";
import { changed_t, dependencyOf } from "./last_counts.js";
import { layerCounts } from "./layer_counts.js";
import { milliseconds } from "./words.js";

/**
 * @typedef {import("./trace_rows.js").Span} Span
 * @param {{head: import("../types.js").TraceHead, spans: Span[], call: Span}} props
 */
export function CallLayers({ head, spans, call }) {
  const dependency = dependencyOf(call);
  const chain = state.value?.dependencies.find((one) => one.name === dependency)?.chain;
  if (!chain) return null;
  if (head.t <= changed_t(dependency)) {
    return html`<p class="call-layers quiet">
      The chain of ${dependency} has been changed since: what its layers counted then is not known.
    </p>`;
  }
  return html`<table class="call-layers">
    <caption>What each layer counted, outermost first</caption>
    <thead>
      <tr><th scope="col">layer</th><th scope="col">saw</th><th scope="col">passed on</th><th scope="col">failures</th><th scope="col">time</th></tr>
    </thead>
    <tbody>
      ${layerCounts(spans, call, chain).map(
        ({ pattern, saw, tries, failed, spent_ms }) => html`<tr key=${pattern}>
          <th scope="row">${titleOf(pattern)}</th>
          <td class="numeric">${saw}</td>
          <td class="numeric">${tries}</td>
          <td class="numeric">${failed}</td>
          <td class="numeric">${saw ? milliseconds(spent_ms) : "–"}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
