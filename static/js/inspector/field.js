/** One number: a slider for the hand, a field for the exact value, its unit, the usual values. */

import { html } from "../html.js";
import { isShare, nudged, positionOf, referenceMarks, scaleOf, TRAVEL, valueAt } from "./scale.js";
import { sentence, shortNumber } from "./words.js";

/**
 * @typedef {import("../types.js").Parameter} Parameter
 * @typedef {{message: string, hint: string | null}} FieldError
 * @typedef {{
 *   id: string, parameter: Parameter, label: string, value: number, error?: FieldError | null,
 *   disabled?: boolean, onInput: (value: number) => void, onCommit?: (value: number) => void,
 * }} NumberFieldProps
 *   onInput at each movement, onCommit when the hand is off it
 */

/** @param {NumberFieldProps} props */
export function NumberField({ id, parameter, label, value, error, disabled, onInput, onCommit }) {
  const scale = scaleOf(parameter);
  const share = isShare(parameter);
  const unit = share ? "%" : parameter.unit;
  const shown = share ? Number((value * 100).toPrecision(6)) : value;
  const step = scale.whole ? 1 : "any";

  /** @type {(event: Event, then?: (value: number) => void) => void} */
  const slide = (event, then) => {
    const position = Number(/** @type {HTMLInputElement} */ (event.target).value);
    then?.(valueAt(scale, position));
  };
  /** @type {(event: Event, then?: (value: number) => void) => void} */
  const type = (event, then) => {
    const typed = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
    if (Number.isFinite(typed)) then?.(share ? typed / 100 : typed);
  };

  /** @param {KeyboardEvent} event */
  const nudge = (event) => {
    if (event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const next = nudged(scale, value, event.key === "ArrowUp" ? 1 : -1);
    onInput(next);
    onCommit?.(next);
  };

  return html`
    <div class="field" data-error=${error ? "" : null}>
      <label class="field-label" for=${id}>${label}</label>
      <span class="field-slider">
        <input
          type="range"
          class="slider"
          min="0"
          max=${TRAVEL}
          step="1"
          tabindex="-1"
          aria-hidden="true"
          disabled=${disabled}
          value=${positionOf(scale, value)}
          style=${{ "--filled": `${positionOf(scale, value) / (TRAVEL / 100)}%` }}
          onInput=${(/** @type {Event} */ event) => slide(event, onInput)}
          onChange=${(/** @type {Event} */ event) => slide(event, onCommit)}
        />
        ${referenceMarks(parameter).map((mark) => html`<${Mark} scale=${scale} value=${mark} />`)}
      </span>
      <span class="field-entry">
        <input
          type="number"
          class="number-input"
          id=${id}
          step=${step}
          min=${inShown(parameter.minimum, share)}
          max=${inShown(parameter.maximum, share)}
          value=${shown}
          disabled=${disabled}
          aria-invalid=${error ? "true" : null}
          aria-describedby=${`${id}-help`}
          onKeyDown=${nudge}
          onInput=${(/** @type {Event} */ event) => type(event, onInput)}
          onChange=${(/** @type {Event} */ event) => type(event, onCommit)}
        />
        <span class="unit">${unit}</span>
      </span>
      <${FieldHelp} id=${`${id}-help`} parameter=${parameter} error=${error} />
    </div>
  `;
}

/** @param {{id: string, parameter: Parameter, error?: FieldError | null}} props */
export function FieldHelp({ id, parameter, error }) {
  return html`
    <p class="field-help" id=${id}>
      ${error && html`<${ErrorWords} error=${error} />`}
      ${parameter.help} ${rangeWords(parameter)}
      ${parameter.reference && html` <span class="reference">${parameter.reference}</span>`}
    </p>
  `;
}

/** @param {{error: FieldError}} props */
export function ErrorWords({ error }) {
  return html`<strong class="error-words">
    ${sentence(error.message)}${error.hint ? html`<span class="error-hint"> ${sentence(error.hint)}</span>` : null}
  </strong>`;
}

/** @param {{scale: import("./scale.js").Scale, value: number}} props */
function Mark({ scale, value }) {
  if (value < scale.low || value > scale.high) return null;
  const share = positionOf(scale, value) / TRAVEL;
  return html`<i class="slider-mark" style=${{ "--at": share }} aria-hidden="true"></i>`;
}

/** @param {Parameter} parameter */
function rangeWords(parameter) {
  const share = isShare(parameter);
  const low = inShown(parameter.minimum, share);
  const high = inShown(parameter.maximum, share);
  if (low == null || high == null) return null;
  const unit = share ? "%" : parameter.unit;
  return html`<span class="range">${shortNumber(low)} to ${shortNumber(high)}${unit && ` ${unit}`}</span>`;
}

/**
 * @param {number | null} value
 * @param {boolean} share
 */
function inShown(value, share) {
  if (value == null) return null;
  return share ? value * 100 : value;
}
