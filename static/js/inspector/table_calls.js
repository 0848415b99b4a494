/** Dependencies with their chains, and the links that carry their calls. */

import { html } from "../html.js";
import { select } from "../store.js";
import { nesting } from "./layer_words.js";
import { toxicWords } from "./now_link.js";
import { stateSummary } from "./snapshot_words.js";
import { milliseconds, percent, perSecond } from "./words.js";

/**
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 * @param {{state: State, frames: Frame[]}} props
 */
export function DependencyTable({ state, frames }) {
  return html`
    <table class="wide">
      <caption>
        Dependencies and their patterns
      </caption>
      <thead>
        <tr>
          <th scope="col">Dependency</th>
          <th scope="col">Kind</th>
          <th scope="col">Chain, outermost first</th>
          <th scope="col">Breaker</th>
          <th scope="col" class="right">Calls</th>
          <th scope="col" class="right">Ended well</th>
          <th scope="col" class="right">p99</th>
        </tr>
      </thead>
      <tbody>
        ${state.dependencies.map((dependency) => {
          const { ended, good } = sums(
            frames.map((one) => one.calls[dependency.name]?.outcomes ?? null),
          );
          const last = frames.at(-1)?.calls[dependency.name];
          return html`<tr key=${dependency.name}>
            <th scope="row">
              <button type="button" class="text-link" onClick=${() => select("dependency", dependency.name)}>
                ${dependency.caller} → ${dependency.callee}
              </button>
            </th>
            <td>${dependency.required ? "required" : "optional"}</td>
            <td><code>${nesting(dependency.chain)}</code></td>
            <td>${stateSummary("breaker", last) || "–"}</td>
            <td class="right numeric">${perSecond(ended)}</td>
            <td class="right numeric">${ended ? percent(Math.round((good / ended) * 100) / 100) : "–"}</td>
            <td class="right numeric">${milliseconds(last?.p99_ms)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  `;
}

/** @param {{state: State, frames: Frame[]}} props */
export function LinkTable({ state, frames }) {
  return html`
    <table class="wide">
      <caption>
        Links
      </caption>
      <thead>
        <tr>
          <th scope="col">Link</th>
          <th scope="col">Connection</th>
          <th scope="col">Toxics</th>
          <th scope="col" class="right">Proxy port</th>
          <th scope="col" class="right">Attempts</th>
          <th scope="col" class="right">Ended well</th>
          <th scope="col" class="right">p99</th>
        </tr>
      </thead>
      <tbody>
        ${state.links.map((link, place) => {
          const figures = frames.map((one) => one.links[place] || null);
          const { ended, good } = sums(figures.map((one) => one?.[0]));
          const p99_ms = figures.findLast((one) => one?.[1] != null)?.[1];
          return html`<tr key=${link.name}>
            <th scope="row">
              <button type="button" class="text-link" onClick=${() => select("link", link.name)}>${link.name}</button>
            </th>
            <td>${link.enabled ? "open" : "cut"}</td>
            <td>${link.toxics.map(toxicWords).join("; ") || "none"}</td>
            <td class="right code">${link.port ?? "–"}</td>
            <td class="right numeric">${perSecond(ended)}</td>
            <td class="right numeric">${ended ? percent(Math.round((good / ended) * 100) / 100) : "–"}</td>
            <td class="right numeric">${milliseconds(p99_ms)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  `;
}

/** @param {(number[] | null | undefined)[]} counts of each frame */
function sums(counts) {
  let ended = 0;
  let good = 0;
  for (const one of counts) {
    if (!one) continue;
    ended += one.reduce((sum, count) => sum + count, 0);
    good += one[0] + one[1];
  }
  return { ended, good };
}
