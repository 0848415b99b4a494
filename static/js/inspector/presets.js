/** Orders worth comparing, each with what it means for who counts what. */

import { html } from "../html.js";
import { followsPreset, PRESETS, withPreset } from "./chain.js";

/** @param {{edit: import("./chain_edit.js").ChainEdit}} props */
export function Presets({ edit }) {
  const chain = edit.chain.value;
  return html`<ul class="presets" aria-label="Orders worth comparing">
    ${PRESETS.map(
      (preset) => html`<li key=${preset.name} class="preset">
        <button
          type="button"
          class="chip-button"
          aria-pressed=${followsPreset(chain, preset) ? "true" : "false"}
          aria-describedby=${`preset-${preset.outer}`}
          onClick=${() => edit.change(withPreset(chain, preset), `${preset.name} for ${edit.dependency}`)}
        >
          ${preset.name}
        </button>
        <span class="preset-help" id=${`preset-${preset.outer}`}>${preset.help}</span>
      </li>`,
    )}
  </ul>`;
}
