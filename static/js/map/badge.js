/** Words beside a wire, only when something is worth saying. */

import { html } from "../html.js";
import { milliseconds, perSecond } from "../inspector/words.js";
import { OutcomeMark } from "../marks.js";
import { OUTCOMES } from "../outcomes.js";
import { select } from "../store.js";
import { normalAt } from "./cracks.js";
import { pointAt } from "./curve.js";
import { useLab } from "./lab_context.js";
import { reducedMotion } from "./motion.js";
import { GAP_FROM, GAP_TO, isTripped } from "./wire.js";

/**
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./scene.js").Wire} Wire
 * @typedef {import("./story.js").Story} Story
 * @typedef {{
 *   wire: Wire, curve: Curve, places: Places, story: import("@preact/signals").Signal<Story>,
 *   spot: import("./curve.js").Point, compact: boolean,
 * }} BadgeProps
 */

const COUNTDOWN_OFF = 17;
const ABOVE_BADGE = 24;

/** @param {BadgeProps} props */
export function WireBadge({ wire, places, story, spot }) {
  const lab = useLab();
  const { worst, bad_ratio, p99_ms, strain, block, per_s } = story.value;
  const counts = reducedMotion.value && per_s > 0;
  if (worst < 0 && p99_ms === null && !strain && !block) {
    return counts && html`<${Count} places=${places} spot=${spot} per_s=${per_s} />`;
  }
  return html`<div
    class="badge"
    aria-hidden="true"
    style=${placed(places, spot.x, spot.y)}
    onClick=${() => select("dependency", wire.dependency.name, lab)}
  >
    ${
      worst >= 0 &&
      html`<span class="badge-part" style=${{ color: OUTCOMES[worst].ink }}>
        <${OutcomeMark} outcome=${OUTCOMES[worst].name} />
        ${Math.round(bad_ratio * 100)} %<span class="badge-more">${OUTCOMES[worst].word}</span>
      </span>`
    }
    ${p99_ms !== null && html`<span class=${`badge-part${worst >= 0 || strain ? " badge-more" : ""}`}>p99 ${milliseconds(p99_ms)}</span>`}
    ${strain && html`<span class="badge-part badge-strain">${strain}</span>`}
    ${block && worst < 0 && html`<span class="badge-part">${per_s > 0 ? "blocked" : "nothing passes"}</span>`}
    ${counts && worst < 0 && !strain && html`<span class="badge-part">${perSecond(per_s)}</span>`}
  </div>`;
}

/**
 * Instead of requests that travel: how many there are.
 *
 * @param {{places: Places, spot: import("./curve.js").Point, per_s: number}} props
 */
function Count({ places, spot, per_s }) {
  return html`<span class="wire-rate" aria-hidden="true" style=${placed(places, spot.x, spot.y)}>${perSecond(per_s)}</span>`;
}

/** @param {BadgeProps} props */
export function CircuitBadge({ curve, places, story, spot, compact }) {
  const { circuit } = story.value;
  if (!isTripped(circuit) || !circuit) return null;
  const style = compact
    ? placed(places, spot.x, spot.y - ABOVE_BADGE)
    : placed(places, ...besideGap(curve));
  return html`<div class="gap-words" aria-hidden="true" style=${style}>${circuitSign(circuit)}</div>`;
}

/**
 * @param {Curve} curve
 * @returns {[x: number, y: number]}
 */
function besideGap(curve) {
  const share = (GAP_FROM + GAP_TO) / 2;
  const at = pointAt(curve, share);
  const normal = normalAt(curve, share);
  const side = normal.y < 0 ? 1 : -1;
  return [at.x + normal.x * COUNTDOWN_OFF * side, at.y + normal.y * COUNTDOWN_OFF * side];
}

/**
 * @param {Places} places
 * @param {number} x
 * @param {number} y
 */
export function placed(places, x, y) {
  return { left: `${(x / places.width) * 100}%`, top: `${(y / places.height) * 100}%` };
}

/** @param {import("./story.js").Circuit} circuit */
function circuitSign(circuit) {
  const some =
    circuit.of > 1 && circuit.tripped < circuit.of ? `${circuit.tripped} of ${circuit.of} ` : "";
  if (circuit.state === "half_open") return `${some}half-open ${circuit.returned}/${circuit.total}`;
  if (circuit.state === "forced_open") return `${some}forced open`;
  const left = circuit.retry_in_s === null ? "" : ` ${circuit.retry_in_s.toFixed(1)} s`;
  return `${some}open${left}`;
}
