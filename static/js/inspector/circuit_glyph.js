/** The breaker as on the map: a line, a line with a gap, a gap bridged by probes. */

import { html } from "../html.js";

/** @param {{state: import("@preact/signals").ReadonlySignal<string>}} props */
export function CircuitGlyph({ state }) {
  const now = state.value;
  const broken = now === "open" || now === "forced_open" || now === "half_open";
  return html`<svg class="circuit" viewBox="0 0 44 16" width="44" height="16" aria-hidden="true">
    ${
      broken
        ? html`<path d="M1 8H13M31 8H43" /><path class="circuit-ends" d="M13 3V13M31 3V13" />`
        : html`<path d="M1 8H43" stroke-dasharray=${now === "disabled" ? "2 3" : null} />`
    }
    ${
      now === "half_open" &&
      [17, 22, 27].map((x) => html`<circle key=${x} cx=${x} cy="8" r="1.7" />`)
    }
  </svg>`;
}
