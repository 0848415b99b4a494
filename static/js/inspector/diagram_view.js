/** A pattern's states and transitions as a drawing, the present states marked and named. */

import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { stateDiagram } from "./diagram.js";
import { presentWords } from "./present_states.js";
import { spoken } from "./words.js";

/**
 * @param {{
 *   kind: import("../types.js").PatternKind,
 *   present: import("@preact/signals").ReadonlySignal<Map<string, string[]>>,
 * }} props
 */
export function Diagram({ kind, present }) {
  const { states, arrows, width, height } = useMemo(
    () => stateDiagram(kind.states, kind.transitions),
    [kind],
  );
  const words = useComputed(() => presentWords(present.value));
  const all = kind.transitions.map(
    (one) => `${spoken(one.from)} to ${spoken(one.to)}: ${one.label}`,
  );
  return html`
    <figure class="diagram">
      <svg
        viewBox=${`0 0 ${width} ${height}`}
        width=${width}
        height=${height}
        role="img"
        aria-label=${`States of ${kind.title}. ${all.join("; ")}`}
      >
        <defs>
          <marker id="diagram-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0.5L8 4L0 7.5z" class="diagram-head" />
          </marker>
        </defs>
        ${arrows.map(
          (arrow, at) =>
            html`<path key=${at} class="diagram-line" d=${arrow.path} marker-start=${arrow.isBoth ? "url(#diagram-arrow)" : null} marker-end="url(#diagram-arrow)" />`,
        )}
        ${arrows.map((arrow, at) => html`<${Label} key=${at} arrow=${arrow} />`)}
        ${states.map((box) => html`<${StateBox} key=${box.name} box=${box} present=${present} />`)}
      </svg>
      <figcaption class="diagram-words">${words}</figcaption>
    </figure>
  `;
}

/** @param {{arrow: import("./diagram.js").Arrow}} props */
function Label({ arrow }) {
  const top = arrow.y - ((arrow.lines.length - 1) * 13) / 2;
  return html`<text class="diagram-label" x=${arrow.x} y=${top} text-anchor="middle">
    ${arrow.lines.map(
      (line, at) =>
        html`<tspan key=${at} x=${arrow.x} y=${top + at * 13} dominant-baseline="central">${line}</tspan>`,
    )}
  </text>`;
}

/**
 * @param {{
 *   box: import("./diagram.js").StateBox,
 *   present: import("@preact/signals").ReadonlySignal<Map<string, string[]>>,
 * }} props
 */
function StateBox({ box, present }) {
  const now = useComputed(() => (present.value.has(box.name) ? "now" : "not"));
  return html`<g class="diagram-state" data-state=${box.name} data-now=${now}>
    <rect x=${box.x - box.width / 2} y=${box.y - box.height / 2} width=${box.width} height=${box.height} rx="9" />
    <text x=${box.x} y=${box.y} text-anchor="middle" dominant-baseline="central">${spoken(box.name)}</text>
  </g>`;
}
