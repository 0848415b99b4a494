/** What some wires have beside them: a fallback's way round, and counters instead of motion. */

import { html } from "../html.js";
import { perSecond } from "../inspector/words.js";
import { placed } from "./badge.js";
import { pointAt, sidePath } from "./curve.js";

/**
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./scene.js").Wire} Wire
 */

/** @param {{wire: Wire, curve: Curve}} props */
export function SideWay({ wire, curve }) {
  const fallback = wire.dependency.chain.find((layer) => layer.pattern === "fallback");
  if (!fallback?.enabled) return null;
  return html`<path class="side-way" d=${sidePath(curve).path} />`;
}

/**
 * @param {{
 *   curve: Curve, places: import("./layout.js").Places,
 *   story: import("@preact/signals").Signal<import("./story.js").Story>,
 * }} props
 */
export function WireRate({ curve, places, story }) {
  const { x, y } = pointAt(curve, 0.76);
  return html`<span class="wire-rate" aria-hidden="true" style=${placed(places, x, y)}>${perSecond(story.value.per_s)}</span>`;
}
