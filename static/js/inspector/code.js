/** The Code tab: a pattern's own source beside its states, the present one marked. */

import { useComputed, useSignal } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, frame, state } from "../store.js";
import { Diagram } from "./diagram_view.js";
import { presentStates } from "./present_states.js";
import { Source } from "./source.js";

/**
 * @typedef {import("./target.js").Target} Target
 * @param {{target: Target}} props
 */
export function CodeTab({ target }) {
  const picked = useSignal("");
  const patterns = catalogue.value?.patterns;
  const running = runningPatterns(target);
  const name = picked.value || preferred(running);
  const present = useComputed(() =>
    presentStates(
      state.value,
      frame.value,
      target,
      picked.value || preferred(runningPatterns(target)),
    ),
  );
  if (!patterns) return html`<p class="panel-empty">Loading the patterns…</p>`;
  const kind = patterns.find((one) => one.name === name) ?? patterns[0];
  return html`
    <p class="scope">
      <label for="code-pattern">Pattern</label>
      <select
        class="select"
        id="code-pattern"
        onChange=${(/** @type {Event} */ event) => (picked.value = /** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${patterns.map(
          (one) => html`<option value=${one.name} selected=${one.name === kind.name}>
            ${one.title}${running.has(one.name) ? " · on here" : ""}
          </option>`,
        )}
      </select>
    </p>
    <p class="code-summary">${kind.summary}</p>
    <div class="code-columns">
      ${kind.states.length > 1 && html`<${Diagram} key=${kind.name} kind=${kind} present=${present} />`}
      <${Source} key=${kind.name} name=${kind.name} source=${kind.source} />
    </div>
  `;
}

/**
 * @param {Target} target
 * @returns {Set<string>} the patterns that are on in the chains around it
 */
function runningPatterns(target) {
  const names = [...target.incoming, ...target.outgoing];
  const layers = (state.value?.dependencies ?? [])
    .filter((one) => names.includes(one.name))
    .flatMap((one) => one.chain);
  return new Set(layers.filter((layer) => layer.enabled).map((layer) => layer.pattern));
}

/** @param {Set<string>} running */
function preferred(running) {
  return ["breaker", "retry", "bulkhead", "fallback"].find((one) => running.has(one)) ?? "breaker";
}
