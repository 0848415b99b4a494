/** One of a few, or several of a few. */

import { html } from "../html.js";
import { FieldHelp } from "./field.js";
import { spoken } from "./words.js";

const SEGMENTS = 3;

/**
 * @typedef {import("../types.js").Parameter} Parameter
 * @typedef {import("./field.js").FieldError} FieldError
 */

/**
 * @param {{
 *   id: string, parameter: Parameter, label: string, value: string, error?: FieldError | null,
 *   disabled?: boolean, onCommit: (value: string) => void,
 * }} props
 */
export function ChoiceField({ id, parameter, label, value, error, disabled, onCommit }) {
  const choices = parameter.choices ?? [];
  const few = choices.length <= SEGMENTS;
  return html`
    <div class="field" data-error=${error ? "" : null}>
      ${
        few
          ? html`<span class="field-label" id=${`${id}-label`}>${label}</span>
            <${Segments}
              id=${id}
              labelledby=${`${id}-label`}
              choices=${choices}
              value=${value}
              disabled=${disabled}
              onCommit=${onCommit}
            />`
          : html`<label class="field-label" for=${id}>${label}</label>
            <select
              class="select"
              id=${id}
              disabled=${disabled}
              aria-describedby=${`${id}-help`}
              onChange=${(/** @type {Event} */ event) =>
                onCommit(/** @type {HTMLSelectElement} */ (event.target).value)}
            >
              ${choices.map(
                (choice) =>
                  html`<option value=${choice} selected=${choice === value}>${spoken(choice)}</option>`,
              )}
            </select>`
      }
      <${FieldHelp} id=${`${id}-help`} parameter=${parameter} error=${error} />
    </div>
  `;
}

/**
 * @param {{
 *   id: string, labelledby: string, choices: string[], value: string, disabled?: boolean,
 *   onCommit: (value: string) => void,
 * }} props
 */
export function Segments({ id, labelledby, choices, value, disabled, onCommit }) {
  return html`
    <span class="segments" role="radiogroup" aria-labelledby=${labelledby}>
      ${choices.map(
        (choice) => html`<label class="segment" key=${choice}>
          <input
            type="radio"
            name=${id}
            value=${choice}
            checked=${choice === value}
            disabled=${disabled}
            onChange=${() => onCommit(choice)}
          />
          <span>${spoken(choice)}</span>
        </label>`,
      )}
    </span>
  `;
}

/**
 * @param {{
 *   id: string, parameter: Parameter, label: string, value: string[], error?: FieldError | null,
 *   disabled?: boolean, onCommit: (value: string[]) => void,
 * }} props
 */
export function ChoicesField({ id, parameter, label, value, error, disabled, onCommit }) {
  const choices = parameter.choices ?? [];
  /** @param {string} choice */
  const toggle = (choice) =>
    onCommit(choices.filter((one) => (one === choice) !== value.includes(one)));
  return html`
    <fieldset class="field field-choices" data-error=${error ? "" : null}>
      <legend class="field-label">${label}</legend>
      <span class="chips">
        ${choices.map(
          (choice) => html`<label class="chip" key=${choice}>
            <input
              type="checkbox"
              checked=${value.includes(choice)}
              disabled=${disabled}
              onChange=${() => toggle(choice)}
            />
            <span>${spoken(choice)}</span>
          </label>`,
        )}
      </span>
      <${FieldHelp} id=${`${id}-help`} parameter=${parameter} error=${error} />
    </fieldset>
  `;
}
