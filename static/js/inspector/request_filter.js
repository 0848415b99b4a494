/** Which of the kept requests are listed. */

import { html } from "../html.js";
import { OUTCOMES } from "../outcomes.js";
import { OutcomeWord } from "./outcome_words.js";

/**
 * @param {{
 *   filter: import("@preact/signals").Signal<import("./requests.js").Filter>, routes: string[],
 *   counts: Record<string, number>,
 * }} props counts: how many of each outcome are kept
 */
export function RequestFilter({ filter, routes, counts }) {
  const { outcomes, route } = filter.value;
  /** @param {string} name */
  const toggle = (name) => {
    const next = outcomes.includes(name)
      ? outcomes.filter((one) => one !== name)
      : [...outcomes, name];
    filter.value = { outcomes: next, route };
  };
  return html`
    <div class="request-filter" role="group" aria-label="Show only">
      ${OUTCOMES.filter(({ name }) => counts[name] || outcomes.includes(name)).map(
        ({ name }) => html`<button
          type="button"
          class="chip-button"
          key=${name}
          aria-pressed=${outcomes.includes(name) ? "true" : "false"}
          onClick=${() => toggle(name)}
        >
          <${OutcomeWord} outcome=${name} /> <span class="numeric quiet">${counts[name] ?? 0}</span>
        </button>`,
      )}
      <label class="visually-hidden" for="request-route">Route</label>
      <select
        class="select"
        id="request-route"
        onChange=${(/** @type {Event} */ event) =>
          (filter.value = {
            outcomes,
            route: /** @type {HTMLSelectElement} */ (event.target).value,
          })}
      >
        <option value="" selected=${route === ""}>all routes</option>
        ${routes.map((one) => html`<option key=${one} value=${one} selected=${one === route}>${one}</option>`)}
      </select>
    </div>
  `;
}
