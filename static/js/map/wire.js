/** What is drawn between two nodes: one line, as wide as it is busy, with what befell it. */

import { html } from "../html.js";
import { OUTCOMES } from "../outcomes.js";
import { useChoosable } from "./choosable.js";
import { acrossPath, springPath } from "./cracks.js";
import { pointAt } from "./curve.js";

/**
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./scene.js").Wire} WirePlace
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./story.js").Circuit} Circuit
 */

/** Where on the wire the breaker is drawn: near its caller, whose breaker it is. */
export const GAP_FROM = 0.13;
export const GAP_TO = 0.24;
/** Where an obstacle is drawn. */
export const BLOCK_AT = 0.5;

const TINTED = 0.05;

/** @param {{curve: Curve, story: import("@preact/signals").Signal<Story>}} props */
export function Wire({ curve, story }) {
  const told = story.value;
  const gap = isTripped(told.circuit);
  const tint = told.worst >= 0 && told.bad_ratio >= TINTED ? OUTCOMES[told.worst].color : null;
  return html`<g class="wire" data-idle=${told.per_s === 0 ? "" : null}>
    <path
      class="wire-line"
      d=${curve.path}
      pathLength="100"
      stroke-dasharray=${gap ? `${GAP_FROM * 100} ${(GAP_TO - GAP_FROM) * 100} 200` : null}
      style=${{ strokeWidth: `${told.width}px`, stroke: tint }}
    />
    ${told.strain && html`<path class="wire-spring" d=${springPath(curve)} />`}
    ${gap && told.circuit && html`<${Gap} circuit=${told.circuit} curve=${curve} />`}
    ${told.block && told.block !== "room_wall" && html`<${Block} block=${told.block} curve=${curve} />`}
  </g>`;
}

/**
 * The part of a wire that can be chosen: wide and invisible, over everything that moves.
 *
 * @param {{wire: WirePlace, curve: Curve, story: import("@preact/signals").Signal<Story>}} props
 */
export function WireHandle({ wire, curve, story }) {
  return html`<path
    class="wire-handle"
    d=${curve.path}
    data-wire=${wire.id}
    ...${useChoosable("dependency", wire.dependency.name, wireLabel(wire, story.value))}
  />`;
}

/** @param {Circuit | null} circuit */
export function isTripped(circuit) {
  return circuit !== null && circuit.tripped > 0;
}

/** @param {{circuit: Circuit, curve: Curve}} props */
function Gap({ circuit, curve }) {
  const open = circuit.state !== "half_open";
  return html`<g class="gap">
    <path class="gap-end" d=${acrossPath(curve, GAP_FROM, 6)} />
    <path class="gap-end" d=${acrossPath(curve, GAP_TO, 6)} />
    ${
      !open &&
      Array.from({ length: circuit.total }, (_, index) => {
        const share = GAP_FROM + ((GAP_TO - GAP_FROM) * (index + 1)) / (circuit.total + 1);
        const { x, y } = pointAt(curve, share);
        const back = index < circuit.returned;
        return html`<circle class="probe" cx=${x} cy=${y} r="2.6" data-back=${back ? "" : null} />`;
      })
    }
  </g>`;
}

/** @param {{block: NonNullable<Story["block"]>, curve: Curve}} props */
function Block({ block, curve }) {
  if (block === "wall") {
    return html`<path class="block-wall" d=${acrossPath(curve, BLOCK_AT, 11)} />`;
  }
  const { x, y } = pointAt(curve, BLOCK_AT);
  if (block === "hole") return html`<circle class="block-hole" cx=${x} cy=${y} r="7" />`;
  return html`<g class="block-cut">
    <circle class="block-clear" cx=${x} cy=${y} r="7" />
    <path d=${acrossPath(curve, BLOCK_AT - 8 / curve.length, 7)} />
    <path d=${acrossPath(curve, BLOCK_AT + 8 / curve.length, 7)} />
  </g>`;
}

/** @type {Readonly<Record<string, string>>} */
const BLOCKS = {
  room_wall: "cut off by a partition",
  wall: "cut off by a partition",
  cut: "cut",
  hole: "swallows everything",
};

/**
 * @param {WirePlace} wire
 * @param {Story} story
 */
function wireLabel(wire, story) {
  const { dependency, from, to } = wire;
  const place = (/** @type {string} */ id) =>
    id.includes("@") ? id.replace("@", " in zone ") : id;
  return [
    `${dependency.required ? "" : "optional "}calls from ${place(from)} to ${place(to)}`,
    `${story.per_s} per second`,
    story.worst >= 0
      ? `${Math.round(story.bad_ratio * 100)} per cent bad, most of them ${OUTCOMES[story.worst].word}`
      : "",
    story.p99_ms === null ? "" : `p99 ${story.p99_ms} milliseconds`,
    story.circuit ? circuitWords(story.circuit) : "",
    story.block ? BLOCKS[story.block] : "",
    story.strain ? `slowed: ${story.strain}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * @param {Circuit} circuit
 * @returns {string} "breaker open", "1 of 2 breakers half open"
 */
export function circuitWords(circuit) {
  const state = circuit.state.replace("_", " ");
  if (circuit.of === 1 || circuit.tripped === circuit.of || circuit.tripped === 0)
    return `breaker ${state}`;
  return `${circuit.tripped} of ${circuit.of} breakers ${state}`;
}
