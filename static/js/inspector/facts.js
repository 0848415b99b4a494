/** Names and values, side by side: a pid, a port, a rate. */

import { html } from "../html.js";

/**
 * @typedef {string | number | null | import("@preact/signals").ReadonlySignal<any>} Value
 *   a signal is bound to the text: nothing else is drawn again when it moves
 * @param {{children?: any}} props
 */
export function Facts({ children }) {
  return html`<dl class="facts">${children}</dl>`;
}

/**
 * @param {{name: string, value: Value, about?: Value, isCode?: boolean, isWide?: boolean}} props
 *   about: exact value or explanation, beneath in small print
 */
export function Fact({ name, value, about, isCode, isWide }) {
  return html`
    <div class="fact" data-wide=${isWide ? "" : null}>
      <dt>${name}</dt>
      <dd class=${isCode ? "code" : "numeric"}>${value ?? "–"}</dd>
      ${about !== undefined && html`<dd class="fact-about">${about}</dd>`}
    </div>
  `;
}
