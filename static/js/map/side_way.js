/** A fallback's way round: out of the caller and back into it, beside the wire. */

import { html } from "../html.js";
import { sidePath } from "./curve.js";

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
