/** On or off, at once: a switch with its name. */

import { html } from "../html.js";

/**
 * @param {{
 *   id: string, on: boolean, label: string, hidden?: boolean, disabled?: boolean,
 *   describedby?: string, onToggle: (on: boolean) => void,
 * }} props hidden: the label is there for screen readers only
 */
export function Switch({ id, on, label, hidden, disabled, describedby, onToggle }) {
  return html`
    <button
      type="button"
      class="switch"
      id=${id}
      role="switch"
      aria-checked=${on ? "true" : "false"}
      aria-describedby=${describedby}
      aria-label=${hidden ? label : null}
      disabled=${disabled}
      onClick=${() => onToggle(!on)}
    >
      <span class="switch-track" aria-hidden="true"><span class="switch-knob"></span></span>
      ${hidden ? null : html`<span class="switch-label">${label}</span>`}
    </button>
  `;
}
