/** When a fault begins and how long it lasts, for every verb at once. */

import { html } from "../html.js";
import { ticking } from "./words.js";

/**
 * @typedef {{after_s: number, duration_s: number | null}} Moment duration null: until healed
 */

const STARTS = [
  { words: "now", value: 0 },
  { words: "in 5 s", value: 5 },
  { words: "in 15 s", value: 15 },
];

const LASTS = [
  { words: "until healed", value: 0 },
  { words: "5 s", value: 5 },
  { words: "15 s", value: 15 },
  { words: "60 s", value: 60 },
];

/** @param {{moment: Moment, onChange: (moment: Moment) => void}} props */
export function MomentFields({ moment, onChange }) {
  return html`
    <div class="moment">
      <${Picker}
        id="fault-after"
        label="Starts"
        options=${STARTS}
        value=${moment.after_s}
        onChange=${(/** @type {number} */ after_s) => onChange({ ...moment, after_s })}
      />
      <${Picker}
        id="fault-duration"
        label="Lasts"
        options=${LASTS}
        value=${moment.duration_s ?? 0}
        onChange=${(/** @type {number} */ seconds) =>
          onChange({ ...moment, duration_s: seconds || null })}
      />
    </div>
  `;
}

/**
 * @param {Moment} moment
 * @returns {string} "in 5 s, for 15 s", "at once, until healed"
 */
export function momentWords({ after_s, duration_s }) {
  const start = after_s ? `in ${after_s} s` : "at once";
  return `${start}, ${duration_s ? `for ${duration_s} s` : "until healed"}`;
}

/**
 * @param {{ends_t: number | null, starts_t: number | null, state: string}} fault
 * @param {number} now_t
 * @returns {string} what is left of it
 */
export function remainingWords(fault, now_t) {
  if (fault.state === "scheduled") return `starts in ${ticking((fault.starts_t ?? now_t) - now_t)}`;
  if (fault.ends_t === null) return "until healed";
  return `${ticking(fault.ends_t - now_t)} left`;
}

const OTHER = "other";

/**
 * The usual times, and a field for any other.
 *
 * @param {{
 *   id: string, label: string, options: {words: string, value: number}[], value: number,
 *   onChange: (seconds: number) => void,
 * }} props
 */
function Picker({ id, label, options, value, onChange }) {
  const usual = options.some((option) => option.value === value);
  /** @param {Event} event */
  const pick = (event) => {
    const picked = /** @type {HTMLSelectElement} */ (event.target).value;
    onChange(picked === OTHER ? 30 : Number(picked));
  };
  /** @param {Event} event */
  const type = (event) => {
    const typed = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
    if (Number.isFinite(typed) && typed >= 0) onChange(typed);
  };
  return html`
    <span class="picker">
      <label for=${id}>${label}</label>
      <select class="select" id=${id} onChange=${pick}>
        ${options.map(
          (option) =>
            html`<option value=${option.value} selected=${option.value === value}>${option.words}</option>`,
        )}
        <option value=${OTHER} selected=${!usual}>other…</option>
      </select>
      ${
        usual
          ? null
          : html`<span class="field-entry">
            <input
              type="number"
              class="number-input"
              min="0"
              max="3600"
              step="1"
              aria-label=${`${label}, seconds`}
              value=${value}
              onChange=${type}
            />
            <span class="unit">s</span>
          </span>`
      }
    </span>
  `;
}
