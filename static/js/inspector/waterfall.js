/** One request, from its intended start to its end: every step, how it ended and why. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { CallLayers } from "./call_layers.js";
import { ask } from "./desk.js";
import { OutcomeWord } from "./outcome_words.js";
import { ticks, traceRows } from "./trace_rows.js";
import { WaterfallRow } from "./waterfall_row.js";
import { milliseconds } from "./words.js";

/**
 * @typedef {import("../types.js").TraceHead} TraceHead
 * @typedef {import("./trace_rows.js").Span} Span
 * @param {{head: TraceHead, onClose: () => void}} props
 */
export function Waterfall({ head, onClose }) {
  const spans = useSignal(/** @type {Span[] | null} */ (null));
  const error = useSignal(/** @type {import("../types.js").CommandError | null} */ (null));
  const load = async () => {
    error.value = null;
    const answer = await ask({ command: "trace", trace: head.id });
    if (answer.ok) spans.value = answer.result.spans;
    else error.value = answer.error;
  };
  useEffect(() => {
    load();
  }, [head.id]);
  return html`
    <header class="waterfall-head">
      <${OutcomeWord} outcome=${head.outcome} />
      <strong>${head.route}</strong>
      <span class="numeric">${milliseconds(head.duration_ms)}</span>
      <code class="quiet waterfall-id" title="trace id">${head.id.slice(0, 16)}</code>
      <button type="button" class="icon-button" aria-label="Close this request" onClick=${onClose}>
        <${Icon} name="close" />
      </button>
    </header>
    ${head.rule && html`<p class="waterfall-rule" title=${head.rule}>${head.rule}</p>`}
    ${
      error.value
        ? html`<p class="panel-empty">
          <strong class="error-words">${error.value.message}</strong> ${error.value.hint ?? ""}
          <button type="button" class="button" onClick=${load}>Try again</button>
        </p>`
        : html`<${Steps} spans=${spans.value} head=${head} />`
    }
  `;
}

/** @param {{spans: Span[] | null, head: TraceHead}} props */
function Steps({ spans, head }) {
  const picked = useSignal("");
  const { rows, end_ms, start_ms } = useMemo(() => traceRows(spans ?? []), [spans]);
  if (spans === null) return html`<p class="panel-empty">Fetching its steps…</p>`;
  if (rows.length === 0) {
    return html`<p class="panel-empty">Only its end was kept. Failed and slow requests keep their steps first.</p>`;
  }
  /** @param {KeyboardEvent} event */
  const steer = (event) => {
    const here = Math.max(
      0,
      rows.findIndex((row) => row.span.id === picked.peek()),
    );
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[
      event.key
    ];
    const row = next === undefined ? undefined : rows[next];
    if (!row) return;
    event.preventDefault();
    picked.value = row.span.id;
    document.getElementById(`step-${row.span.id}`)?.focus();
  };
  const first = picked.value || rows[0].span.id;
  const shown = rows.find((row) => row.span.id === picked.value) ?? null;
  return html`
    <${Axis} start_ms=${start_ms} end_ms=${end_ms} />
    <ul class="waterfall" role="tree" aria-label="Steps of the request" onKeyDown=${steer}>
      ${rows.map(
        (row) => html`<${WaterfallRow}
          key=${row.span.id}
          row=${row}
          isFirst=${row.span.id === first}
          isPicked=${row.span.id === picked.value}
          onPick=${() => (picked.value = row.span.id)}
        />`,
      )}
    </ul>
    ${shown && html`<${StepDetail} row=${shown} />`}
    ${shown?.span.kind === "call" && html`<${CallLayers} head=${head} spans=${spans} call=${shown.span} />`}
  `;
}

/** @param {{start_ms: number, end_ms: number}} props */
function Axis({ start_ms, end_ms }) {
  const total_ms = end_ms - start_ms;
  return html`<div class="waterfall-axis" aria-hidden="true">
    <span></span>
    <span class="waterfall-ticks">
      ${ticks(total_ms, 5).map(
        (at) =>
          html`<i key=${at} data-last=${at / total_ms > 0.88 ? "" : null} style=${{ "--at": at / total_ms }}>${milliseconds(at)}</i>`,
      )}
    </span>
  </div>`;
}

/** @param {{row: import("./trace_rows.js").Row}} props */
function StepDetail({ row }) {
  const { span } = row;
  return html`<dl class="step-detail">
    <div><dt>step</dt><dd>${span.kind} ${span.name}${span.attempt ? `, attempt ${span.attempt}` : ""}</dd></div>
    <div><dt>in</dt><dd>${span.instance}</dd></div>
    <div>
      <dt>from, to</dt>
      <dd class="numeric">${milliseconds(span.start_ms)} – ${milliseconds(span.end_ms)}</dd>
    </div>
    <div><dt>rule</dt><dd>${span.rule || "none: it simply ended"}</dd></div>
  </dl>`;
}
