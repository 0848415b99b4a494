/** One step of a request as a bar on its time axis. */

import { html } from "../html.js";
import { OutcomeMark } from "../marks.js";
import { OUTCOME } from "../outcomes.js";
import { milliseconds } from "./words.js";

/** @type {Record<string, string>} */
const KINDS = {
  user: "user asks",
  call: "calls",
  attempt: "attempt",
  wait: "waits",
  rejected: "turned away",
  fallback: "falls back",
  server: "serves",
  queue: "in the queue",
  work: "works",
};

/**
 * @param {{
 *   row: import("./trace_rows.js").Row, isFirst: boolean, isPicked: boolean, onPick: () => void,
 * }} props isFirst: where the keyboard enters
 */
export function WaterfallRow({ row, isFirst, isPicked, onPick }) {
  const { span, depth, rule, left, width } = row;
  const took = milliseconds(span.end_ms - span.start_ms);
  const isTold = span.kind !== "wait" && span.kind !== "queue" && span.kind !== "work";
  return html`
    <li
      class="step"
      id=${`step-${span.id}`}
      role="treeitem"
      aria-level=${depth + 1}
      aria-selected=${isPicked ? "true" : "false"}
      tabindex=${isFirst ? 0 : -1}
      data-kind=${span.kind}
      data-outcome=${span.outcome}
      onClick=${onPick}
      onFocus=${onPick}
    >
      <span class="step-name" style=${{ "--depth": depth }}>
        <b>${KINDS[span.kind] ?? span.kind}</b> ${nameOf(span)}
        <span class="visually-hidden"> by ${span.instance},</span>
      </span>
      <span class="step-track">
        <i class="step-bar" style=${{ "--at": left, "--share": width }}></i>
        <span class="step-took numeric" data-side=${sideOf(left, width)} style=${{ "--from": left, "--to": left + width }}>
          ${isTold && html`<${OutcomeMark} outcome=${span.outcome} />`}${took}
          ${isTold && html`<${OutcomeSaid} outcome=${span.outcome} />`}
        </span>
      </span>
      ${rule && html`<span class="step-rule">${rule}</span>`}
    </li>
  `;
}

/** @param {{outcome: string}} props "ok" is only said to those who do not see its sign */
function OutcomeSaid({ outcome }) {
  const style = outcome === "ok" ? "visually-hidden" : "step-outcome";
  return html`<span class="visually-hidden">, </span>
    <span class=${style}>${OUTCOME[outcome]?.word ?? outcome}</span>`;
}

/**
 * Beside the bar where there is room, or else on it.
 *
 * @param {number} left
 * @param {number} width
 */
function sideOf(left, width) {
  if (left + width <= 0.7) return "right";
  return left >= 0.32 ? "left" : "inside";
}

/** @param {import("./trace_rows.js").Span} span */
function nameOf(span) {
  switch (span.kind) {
    case "user":
      return span.name;
    case "server":
      return span.instance;
    case "call":
      return calleeOf(span.name);
    case "attempt":
      return `${span.attempt || ""} to ${calleeOf(span.name)}`.trim();
    default:
      return "";
  }
}

/** @param {string} name "gateway-1→catalog-2", "gateway→catalog" */
function calleeOf(name) {
  return name.slice(name.search(/[→:]/) + 1);
}
