/** How many requests users make in a second: a slider for the hand, a number for the exact. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { sendOrSay } from "../send_or_say.js";
import { state } from "../store.js";

const LOWEST = 1;
const HIGHEST = 400;
const TRAVEL = 200;
const SEND_AFTER_MS = 160;
const SPIKE = { kind: "spike", target: "users", params: { factor: 3 }, duration_s: 10 };

/** @param {{label?: string}} props */
export function UsersRate({ label = "Users" }) {
  const own = useSignal(/** @type {number | null} */ (null));
  const timer = useRef(0);
  const told = state.value?.users.rate_per_s ?? null;
  const rate = own.value ?? told;
  useEffect(() => {
    own.value = null;
  }, [told]);
  /** @param {number} value */
  const set = (value) => {
    if (!Number.isFinite(value) || value < 0) return;
    own.value = value;
    clearTimeout(timer.current);
    timer.current = setTimeout(async () => {
      if (!(await sendOrSay("set_users", { rate_per_s: value }))) own.value = null;
    }, SEND_AFTER_MS);
  };
  return html`<div class="users-rate" role="group" aria-label=${label}>
    <label class="users-label" for="users-rate"><${Icon} name="users" /><span>${label}</span></label>
    <input
      class="slider rate-slider"
      type="range"
      aria-label="Requests per second, as a slider"
      min="0"
      max=${TRAVEL}
      step="1"
      tabindex="-1"
      disabled=${rate === null}
      value=${positionOf(rate ?? LOWEST)}
      style=${{ "--filled": `${(positionOf(rate ?? LOWEST) / TRAVEL) * 100}%` }}
      aria-valuetext=${`${rate} requests per second`}
      onInput=${(/** @type {any} */ event) => set(valueAt(Number(event.target.value)))}
    />
    <span class="rate-entry">
      <input
        id="users-rate"
        class="number rate-number"
        type="number"
        min="0"
        max="2000"
        step="any"
        disabled=${rate === null}
        value=${rate === null ? "" : rate}
        onChange=${(/** @type {any} */ event) => set(event.target.valueAsNumber)}
      />
      <span class="rate-unit" title="requests per second">/s</span>
    </span>
    <${SpikeButton} disabled=${rate === null} />
  </div>`;
}

/** @param {{disabled: boolean}} props */
function SpikeButton({ disabled }) {
  const on =
    state.value?.faults.some((fault) => fault.kind === "spike" && fault.state === "active") ??
    false;
  return html`<button
    type="button"
    class="button"
    disabled=${disabled || on}
    title="Three times as many users for ten seconds"
    onClick=${() => sendOrSay("inject_fault", SPIKE)}
  >
    <${Icon} name="spike" />Spike ×3
  </button>`;
}

/** @param {number} rate */
function positionOf(rate) {
  const share = Math.log(Math.max(LOWEST, rate) / LOWEST) / Math.log(HIGHEST / LOWEST);
  return Math.round(Math.min(1, share) * TRAVEL);
}

/** @param {number} position */
function valueAt(position) {
  const rate = LOWEST * (HIGHEST / LOWEST) ** (position / TRAVEL);
  return rate < 10
    ? Math.round(rate * 2) / 2
    : Math.round(rate / (rate < 50 ? 1 : 5)) * (rate < 50 ? 1 : 5);
}
