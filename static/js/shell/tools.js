/** The small switches of the page itself: pictures per second, table, theme, projector, help. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { projector, tableView, theme } from "../preferences.js";
import { framesPerSecond } from "../store.js";
import { helpOpen } from "./shortcuts.js";

const PACES = [10, 5, 2, 1];

export function Tools() {
  return html`<div class="tools" role="group" aria-label="Picture">
    <label class="pace" title="Pictures per second">
      <span class="visually-hidden">Pictures per second</span>
      <select
        class="select pace-select"
        onChange=${(/** @type {any} */ event) => {
          framesPerSecond.value = Number(event.target.value);
        }}
      >
        ${PACES.map((pace) => html`<option value=${pace} selected=${pace === framesPerSecond.value}>${pace}/s</option>`)}
      </select>
    </label>
    <${Toggle}
      on=${tableView.value !== ""}
      icon="table"
      label="Everything as tables"
      hint="Everything as tables (T)"
      onToggle=${() => {
        tableView.value = tableView.value ? "" : "on";
      }}
    />
    <${Toggle}
      on=${projector.value !== ""}
      icon="projector"
      label="Projector"
      hint="Projector: large type, no chrome (P)"
      onToggle=${() => {
        projector.value = projector.value ? "" : "on";
      }}
    />
    <button type="button" class="button button-quiet button-icon" aria-label=${`Theme: ${themeWord()}`} title=${`Theme: ${themeWord()} (D)`} onClick=${turnTheme}>
      <${Icon} name=${isDark() ? "moon" : "sun"} />
    </button>
    <button
      type="button"
      class="button button-quiet button-icon"
      aria-label="Keyboard help"
      title="Keyboard help (?)"
      onClick=${() => {
        helpOpen.value = true;
      }}
    >
      <${Icon} name="help" />
    </button>
  </div>`;
}

/** @param {{on: boolean, icon: string, label: string, hint: string, onToggle: () => void}} props */
function Toggle({ on, icon, label, hint, onToggle }) {
  return html`<button
    type="button"
    class="button button-quiet button-icon"
    aria-pressed=${on ? "true" : "false"}
    aria-label=${label}
    title=${hint}
    onClick=${onToggle}
  >
    <${Icon} name=${icon} />
  </button>`;
}

/** The other theme; back at the system's own, it follows the system again. */
export function turnTheme() {
  const next = isDark() ? "light" : "dark";
  theme.value = next === systemTheme() ? "" : next;
}

function isDark() {
  return (theme.value || systemTheme()) === "dark";
}

function systemTheme() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function themeWord() {
  return theme.value || "as the system";
}
