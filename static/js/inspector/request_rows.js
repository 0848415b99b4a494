/** The kept requests as rows; the arrow keys walk them, the list waits while someone is in it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { OutcomeWord } from "./outcome_words.js";
import { nowSecond } from "./readings.js";
import { milliseconds } from "./words.js";

/**
 * @typedef {import("../types.js").TraceHead} TraceHead
 * @param {{
 *   heads: TraceHead[], picked: string | null, onPick: (head: TraceHead) => void,
 *   onHold: (isHeld: boolean) => void,
 * }} props
 */
export function RequestRows({ heads, picked, onPick, onHold }) {
  const longest = Math.max(1, ...heads.map((head) => head.duration_ms));
  const first = heads.some((head) => head.id === picked) ? picked : heads[0]?.id;
  /** @param {KeyboardEvent} event */
  const steer = (event) => {
    const row = /** @type {HTMLElement} */ (event.target).closest("li");
    const next =
      event.key === "ArrowDown"
        ? row?.nextElementSibling
        : event.key === "ArrowUp"
          ? row?.previousElementSibling
          : null;
    const button = next?.querySelector("button");
    if (!button) return;
    event.preventDefault();
    button.focus();
  };
  /** @param {FocusEvent} event */
  const leave = (event) => {
    const list = /** @type {HTMLElement} */ (event.currentTarget);
    if (!list.contains(/** @type {Node | null} */ (event.relatedTarget))) onHold(false);
  };
  return html`
    <ul
      class="request-rows"
      onKeyDown=${steer}
      onPointerEnter=${() => onHold(true)}
      onPointerLeave=${() => onHold(false)}
      onFocusIn=${() => onHold(true)}
      onFocusOut=${leave}
    >
      ${heads.map(
        (head) => html`<li key=${head.id}>
          <button
            type="button"
            class="request-row"
            tabindex=${head.id === first ? 0 : -1}
            aria-current=${head.id === picked ? "true" : null}
            onClick=${() => onPick(head)}
          >
            <${OutcomeWord} outcome=${head.outcome} />
            <span class="request-route">${head.route}</span>
            <span class="request-duration numeric">${milliseconds(head.duration_ms)}</span>
            <${Age} t=${head.t} />
            <span class="request-rule">${head.rule}</span>
            <i
              class="request-length"
              data-outcome=${head.outcome}
              style=${{ "--share": head.duration_ms / longest }}
              aria-hidden="true"
            ></i>
          </button>
        </li>`,
      )}
    </ul>
  `;
}

/** @param {{t: number}} props */
function Age({ t }) {
  const words = useComputed(() => {
    const age_s = Math.max(0, nowSecond.value - Math.floor(t));
    if (age_s < 60) return `${age_s} s ago`;
    return `${Math.floor(age_s / 60)} min ago`;
  });
  return html`<span class="request-age numeric quiet">${words}</span>`;
}
