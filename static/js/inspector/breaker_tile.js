/** All of a circuit breaker in one tile: what it saw, what it makes of it, what comes next. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { BreakerWindow } from "./breaker_window.js";
import { CircuitGlyph } from "./circuit_glyph.js";
import { CountList } from "./count_list.js";
import { ShareBar } from "./share_bar.js";
import { percent, spoken, ticking } from "./words.js";

/** @type {[key: string, words: string][]} */
const COUNTS = [
  ["ok", "ok"],
  ["failed", "failed"],
  ["slow", "slow"],
  ["not_permitted", "not permitted"],
  ["late", "late"],
  ["ignored", "ignored"],
  ["cancelled", "cancelled"],
];

/**
 * @typedef {import("@preact/signals").ReadonlySignal<any>} Live the newest snapshot, or null
 * @param {{caller: string, label: string, layer: import("../types.js").Layer, live: Live}} props
 */
export function BreakerTile({ caller, label, layer: settings, live }) {
  const state = useComputed(() => live.value?.state ?? "unknown");
  const title = useComputed(() => stateWords(live.value));
  const since = useComputed(() => (live.value ? `for ${ticking(live.value.since_s)}` : ""));
  const reason = useComputed(() => live.value?.reason ?? "no news from this caller");
  return html`
    <section class="tile breaker" data-state=${state} aria-label=${label}>
      <header class="tile-head">
        <${CircuitGlyph} state=${state} />
        <strong class="breaker-state">${title}</strong>
        <span class="quiet numeric">${since}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="breaker-reason">${reason}</p>
      <${BreakerWindow} settings=${settings} live=${live} />
      <${Shares} settings=${settings} live=${live} />
      <${Next} settings=${settings} live=${live} />
      <${CountList} names=${COUNTS} live=${live} />
    </section>
  `;
}

/** @param {any} snapshot */
function stateWords(snapshot) {
  if (!snapshot) return "unknown";
  const words = spoken(snapshot.state);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {{settings: Record<string, any>, live: Live}} props */
function Shares({ settings, live }) {
  const failed = useComputed(() => live.value?.failure_ratio ?? 0);
  const slow = useComputed(() => live.value?.slow_ratio ?? 0);
  return html`
    <${ShareBar}
      name="Failed"
      share=${failed}
      threshold=${settings.failure_ratio}
      words=${`opens at ${percent(settings.failure_ratio)}`}
      kind="failed"
    />
    <${ShareBar}
      name="Slow"
      share=${slow}
      threshold=${settings.slow_ratio}
      words=${`opens at ${percent(settings.slow_ratio)}`}
      kind="slow"
    />
  `;
}

/**
 * What must happen next, in the same place for every state: failures still to come, the time to
 * the next probe, or the probes under way.
 *
 * @param {{settings: Record<string, any>, live: Live}} props
 */
function Next({ settings, live }) {
  const words = useComputed(() => nextWords(live.value));
  const waited = useComputed(() => waitedShare(live.value, settings.wait_s));
  const permits = useComputed(() => permitMarks(live.value, settings.permits));
  const style = useComputed(() => `--share:${waited.value}`);
  return html`
    <div class="reading breaker-next">
      <span class="reading-name">Next</span>
      <span class="countdown" aria-hidden="true">
        <span class="countdown-bar" style=${style}></span>
        <span class="permits">${permits}</span>
      </span>
      <span class="reading-words numeric">${words}</span>
    </div>
  `;
}

/** @param {any} snapshot */
export function nextWords(snapshot) {
  if (!snapshot) return "–";
  const { used, total, returned } = snapshot.permits ?? { used: 0, total: 0, returned: 0 };
  switch (snapshot.state) {
    case "closed":
      return snapshot.opens_in ? `opens after ${snapshot.opens_in} more` : "–";
    case "open":
      return `next probe in ${ticking(snapshot.retry_in_s)}`;
    case "half_open":
      return `${used} of ${total} sent, ${returned} back`;
    case "forced_open":
      return "stays open until you let it go";
    default:
      return "lets everything through";
  }
}

/**
 * @param {any} snapshot
 * @param {number} wait_s
 */
function waitedShare(snapshot, wait_s) {
  if (snapshot?.state !== "open" || !wait_s) return 0;
  return Math.max(0, Math.min(1, 1 - (snapshot.retry_in_s ?? 0) / wait_s)).toFixed(3);
}

/**
 * One mark a permit: back ●, sent ◐, still free ○.
 *
 * @param {any} snapshot
 * @param {number} total
 */
function permitMarks(snapshot, total) {
  if (snapshot?.state !== "half_open") return "";
  const { used, returned } = snapshot.permits;
  const shown = Math.min(total, 12);
  return Array.from({ length: shown }, (_, at) =>
    at < returned ? "●" : at < used ? "◐" : "○",
  ).join(" ");
}
