/** A form made from parameters, whatever they belong to: a fault, a pattern, a service. */

import { html } from "../html.js";
import { ChoiceField, ChoicesField } from "./choice.js";
import { FieldHelp, NumberField } from "./field.js";
import { isShare } from "./scale.js";
import { Switch } from "./switch.js";
import { spoken } from "./words.js";

/**
 * @typedef {import("../types.js").Parameter} Parameter
 * @typedef {import("./field.js").FieldError} FieldError
 * @typedef {Record<string, any>} Values
 */

/** Suffixes that only say a unit, which the field shows anyway. */
const UNIT_SUFFIX = /_(s|ms|us|bytes|ratio|kb_per_s|per_s)$/;

/**
 * @param {{
 *   prefix: string, parameters: Parameter[], values: Values, disabled?: boolean,
 *   errors?: Record<string, FieldError>,
 *   onInput: (name: string, value: unknown) => void,
 *   onCommit?: (name: string, value: unknown) => void,
 * }} props prefix: makes the ids unique on the page
 */
export function ParameterForm({ prefix, parameters, values, disabled, errors, onInput, onCommit }) {
  return html`
    <div class="form">
      ${parameters.map((parameter) => {
        const { name } = parameter;
        return html`<${ParameterField}
          key=${name}
          id=${`${prefix}-${name.replaceAll(/[^\w-]/g, "-")}`}
          parameter=${parameter}
          value=${values[name] ?? parameter.default}
          error=${errors?.[name] ?? null}
          disabled=${disabled}
          onInput=${(/** @type {unknown} */ value) => onInput(name, value)}
          onCommit=${(/** @type {unknown} */ value) => onCommit?.(name, value)}
        />`;
      })}
    </div>
  `;
}

/**
 * @param {string} name of a parameter
 * @returns {string} as its label
 */
export function labelOf(name) {
  const words = spoken(name.replace(UNIT_SUFFIX, "") || name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {Parameter} parameter
 * @param {unknown} value
 * @returns {string} as read in a sentence: "50 %", "0.3 s", "full"
 */
export function valueWords(parameter, value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return spoken(String(value));
  if (isShare(parameter)) return `${Number((value * 100).toPrecision(4))} %`;
  return parameter.unit ? `${value} ${parameter.unit}` : String(value);
}

/** @param {any} props the kind decides which of them are used */
function ParameterField({ id, parameter, value, error, disabled, onInput, onCommit }) {
  const label = labelOf(parameter.name);
  const both = (/** @type {unknown} */ next) => {
    onInput(next);
    onCommit(next);
  };
  const shared = { id, parameter, label, value, error, disabled };
  switch (parameter.kind) {
    case "choice":
      return html`<${ChoiceField} ...${shared} onCommit=${both} />`;
    case "choices":
      return html`<${ChoicesField} ...${shared} onCommit=${both} />`;
    case "flag":
      return html`<div class="field">
        <${Switch}
          id=${id}
          on=${value}
          label=${label}
          disabled=${disabled}
          describedby=${`${id}-help`}
          onToggle=${both}
        />
        <${FieldHelp} id=${`${id}-help`} parameter=${parameter} error=${error} />
      </div>`;
    default:
      return html`<${NumberField} ...${shared} onInput=${onInput} onCommit=${both} />`;
  }
}
