/** The faults that are on, each beside what it strikes, with its remaining time and its cure. */

import { labTime } from "../clock.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { ticking } from "../inspector/words.js";
import { sendOrSay } from "../send_or_say.js";
import { placed } from "./badge.js";
import { pointAt } from "./curve.js";
import { useLab } from "./lab_context.js";
import { wallOf } from "./room.js";

/**
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("../types.js").State} State
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {"middle" | "start" | "small"} Fit start: begins at the point; small: where there is little room
 * @typedef {{x: number, y: number, fit?: Fit}} Point
 * @typedef {{state: State, scene: Scene, places: Places, curves: Map<string, Curve>}} Ground
 */

const STACKED = 27;

/** @param {Ground} ground */
export function FaultPills(ground) {
  const { faults } = ground.state;
  /** @type {Map<string, number>} */
  const taken = new Map();
  return html`<div class="pills">
    ${faults.map((fault) => {
      const point = anchorOf(fault, ground);
      const key = `${Math.round(point.x / 40)},${Math.round(point.y / 20)}`;
      const above = taken.get(key) ?? 0;
      taken.set(key, above + 1);
      return html`<${FaultPill}
        key=${fault.id}
        fault=${fault}
        fit=${point.fit ?? "middle"}
        style=${placed(ground.places, point.x, point.y + above * STACKED)}
      />`;
    })}
  </div>`;
}

/** @param {{fault: Fault, fit: Fit, style: object}} props */
function FaultPill({ fault, fit, style }) {
  const lab = useLab();
  const waits = fault.state === "scheduled";
  const until = waits ? fault.starts_t : fault.ends_t;
  return html`<span class="pill" data-scheduled=${waits ? "" : null} data-fit=${fit} style=${style}>
    <span class="pill-name">${fault.title}</span>
    ${until !== null && html`<${Countdown} until=${until} before=${waits ? "in " : ""} />`}
    <button
      type="button"
      class="pill-heal"
      data-stop=""
      tabindex="-1"
      aria-label=${`${waits ? "Call off" : "Heal"}: ${fault.title} ${fault.target}`}
      onClick=${() => sendOrSay("heal_fault", { fault: fault.id }, lab)}
    >
      <span class="pill-verb">${waits ? "Call off" : "Heal"}</span><${Icon} name="close" />
    </button>
  </span>`;
}

/** @param {{until: number, before: string}} props */
function Countdown({ until, before }) {
  return html`<span class="pill-time">${before}${ticking(until - labTime.value)}</span>`;
}

/**
 * @param {Fault} fault
 * @param {Ground} ground
 * @returns {Point}
 */
function anchorOf(fault, ground) {
  return (
    partitionAnchor(fault, ground) ??
    zoneAnchor(fault, ground) ??
    instanceAnchor(fault, ground) ??
    linkAnchor(fault, ground) ??
    usersAnchor(ground.places)
  );
}

/** @type {(fault: Fault, ground: Ground) => Point | null} */
function partitionAnchor(fault, { places }) {
  const wall = wallOf(fault, places.rooms);
  return wall && { x: wall.x + wall.width / 2, y: wall.y + 6 };
}

/** @type {(fault: Fault, ground: Ground) => Point | null} */
function zoneAnchor(fault, { places }) {
  if (fault.kind !== "lose_zone") return null;
  const room = places.rooms.find(({ zone }) => zone === fault.target || fault.zones.includes(zone));
  return room ? { x: room.box.x + room.box.width / 2, y: room.box.y + 17 } : null;
}

/** @type {(fault: Fault, ground: Ground) => Point | null} */
function instanceAnchor(fault, { scene, places }) {
  const whole = scene.nodes.find((node) => node.service === fault.target);
  const struck =
    whole ??
    scene.nodes.find((node) => node.instances.some((one) => fault.instances.includes(one.name)));
  const box = struck && places.nodes.get(struck.id);
  return box ? { x: box.x + box.width / 2, y: box.y + box.height + 14 } : null;
}

/** @type {(fault: Fault, ground: Ground) => Point | null} */
function linkAnchor(fault, { state, scene, curves }) {
  const index = state.links.findIndex((link) => fault.links.includes(link.name));
  const wire = index < 0 ? null : scene.wires[scene.wireOfLink[index]];
  const curve = wire && curves.get(wire.id);
  if (!curve) return null;
  const { x, y } = pointAt(curve, 0.5);
  return { x, y: y + 24, fit: "small" };
}

/**
 * @param {Places} places
 * @returns {Point}
 */
function usersAnchor({ users }) {
  return { x: users.x - 6, y: users.y + users.height + 18, fit: "start" };
}
