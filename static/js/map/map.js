/**
 * The topology: rooms, services, processes, wires, and what travels on them.
 *
 * From back to front: rooms and wires (SVG), requests under way (canvas), cards and handles (SVG),
 * words and cures (HTML).
 */

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { html } from "../html.js";
import { magnified } from "../preferences.js";
import { past, select } from "../store.js";
import { CircuitBadge, WireBadge } from "./badge.js";
import { serviceColumns } from "./columns_of.js";
import { curvesOf } from "./curve.js";
import { Definitions } from "./defs.js";
import { useLab } from "./lab_context.js";
import { COMPACT, placesOf, WIDTHS } from "./layout.js";
import { reducedMotion } from "./motion.js";
import { Node } from "./node.js";
import { Particles } from "./particles.js";
import { Picture } from "./picture.js";
import { FaultPills } from "./pills.js";
import { isLost, Room, RoomSign, Walls } from "./room.js";
import { oneRoom, sceneOf } from "./scene.js";
import { SideWay } from "./side_way.js";
import { useSize } from "./size.js";
import { spotsOf } from "./spots.js";
import { keepStop, visit, walk } from "./stops.js";
import { UsersNode } from "./users_node.js";
import { Wire, WireHandle } from "./wire.js";

/** Words over a map that is scaled down shrink with it, but stay readable; or fit between cards. */
const LEAST_TYPE = 0.9;
const COMPACT_TYPE = 0.9;

/** @type {(faults: import("../types.js").Fault[]) => import("../types.js").Fault[]} */
const active = (faults) => faults.filter((fault) => fault.state === "active");

/** @param {{compact?: boolean, label?: string}} props compact: narrow, and all zones in one room */
export function Topology({ compact = false, label = "Topology" }) {
  const { ref, size } = useSize();
  const lab = useLab();
  const picture = useMemo(() => new Picture(), [lab]);
  const scene = useComputed(() => {
    const shown = lab.state.value;
    return shown ? sceneOf(compact ? oneRoom(shown) : shown) : null;
  });
  const columns = useComputed(() => (lab.state.value ? serviceColumns(lab.state.value) : []));
  const stage = useComputed(() => {
    const { width, height } = size.value;
    if (!scene.value || width < 50 || height < 50) return null;
    const zoom = magnified.value;
    const space = { width: width / zoom, height: height / zoom };
    const places = placesOf(scene.value, columns.value, space, compact ? COMPACT : WIDTHS);
    const curves = curvesOf(scene.value.wires, places);
    const spots = spotsOf(scene.value.wires, curves, places);
    return { scene: scene.value, places, curves, spots, scale: width / places.width };
  });
  useSignalEffect(() => {
    const { state, frame, before, rate } = lab;
    picture.begin(before.value);
    if (frame.value && state.value && scene.value)
      picture.show(scene.value, state.value, frame.value, rate.peek());
  });
  useEffect(() => {
    if (ref.current) keepStop(ref.current);
  });
  return html`<div
    class="map"
    ref=${ref}
    role="group"
    aria-label=${`${label}. Arrow keys move between services, instances and links; Enter selects.`}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => steer(ref.current, event)}
    onFocusIn=${(/** @type {FocusEvent} */ event) => stay(ref.current, event)}
  >
    ${stage.value && html`<${Stage} ...${stage.value} picture=${picture} size=${size} compact=${compact} />`}
  </div>`;
}

/**
 * @param {{
 *   scene: import("./scene.js").Scene, places: import("./layout.js").Places,
 *   curves: Map<string, import("./curve.js").Curve>, spots: Map<string, import("./curve.js").Point>, scale: number,
 *   picture: Picture, compact: boolean,
 *   size: import("@preact/signals").Signal<{width: number, height: number}>,
 * }} props
 */
function Stage({ scene, places, curves, spots, scale, picture, size, compact }) {
  const shown = useLab().state.value;
  if (!shown) return null;
  const faults = active(shown.faults);
  const ejected = leftOut(shown);
  const box = `0 0 ${places.width} ${places.height}`;
  return html`
    <svg class="map-layer" viewBox=${box} aria-hidden="true">
      <${Definitions} />
      ${places.rooms.map((room) => html`<${Room} key=${room.zone} room=${room} faults=${faults} />`)}
      ${scene.wires.map(
        (wire) => html`<g key=${wire.id}>
          <${Wire} curve=${curves.get(wire.id)} story=${picture.story(wire.id)} />
          <${SideWay} wire=${wire} curve=${curves.get(wire.id)} />
        </g>`,
      )}
      <${Walls} rooms=${places.rooms} faults=${faults} />
    </svg>
    ${
      !reducedMotion.value &&
      html`<${Travellers} scene=${scene} curves=${curves} picture=${picture} size=${size} scale=${scale} />`
    }
    <svg class="map-layer" viewBox=${box}>
      ${places.rooms.map((room) => html`<${RoomSign} key=${room.zone} room=${room} faults=${faults} />`)}
      ${scene.wires.map(
        (wire) => html`<${WireHandle}
          key=${wire.id}
          wire=${wire}
          curve=${curves.get(wire.id)}
          story=${picture.story(wire.id)}
        />`,
      )}
      <${UsersNode} box=${places.users} />
      ${scene.nodes.map(
        (node) => html`<${Node}
          key=${node.id}
          node=${node}
          places=${places}
          picture=${picture}
          ejected=${ejected}
          dark=${isLost(node.zone, faults)}
        />`,
      )}
    </svg>
    <div class="map-words" style=${{ "--map-scale": compact ? scale * COMPACT_TYPE : Math.max(LEAST_TYPE, scale) }}>
      ${scene.wires.map((wire) => {
        const given = {
          wire,
          places,
          curve: curves.get(wire.id),
          story: picture.story(wire.id),
          spot: spots.get(wire.id),
          compact,
        };
        return html`<${WireBadge} key=${wire.id} ...${given} /><${CircuitBadge} ...${given} />`;
      })}
      <${FaultPills} state=${shown} scene=${scene} places=${places} curves=${curves} />
    </div>
  `;
}

/** @param {any} props of Stage */
function Travellers({ scene, curves, picture, size, scale }) {
  const lab = useLab();
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const travellers = useRef(/** @type {Particles | null} */ (null));
  const last = useRef(0);
  const oneIn = useSignal(1);
  useLayoutEffect(() => {
    const drawn = /** @type {HTMLCanvasElement} */ (canvas.current);
    travellers.current = new Particles(drawn, oneIn);
    return () => travellers.current?.stop();
  }, []);
  useLayoutEffect(() => {
    travellers.current?.arrange(scene, curves, { ...size.value, scale });
  }, [scene, curves, scale]);
  useSignalEffect(() => travellers.current?.go(lab.rate.value));
  useStandstill(lab, (ms) => travellers.current?.skip(ms));
  useSignalEffect(() => {
    const now = lab.frame.value;
    if (!now || now.links.length !== scene.wireOfLink.length) return;
    const isBlocked = (/** @type {number} */ wire) =>
      picture.story(scene.wires[wire].id).peek().block !== null;
    const follows = now.n === last.current + 1;
    last.current = now.n;
    if (lab.rate.peek() === 0 && !follows) travellers.current?.show(scene, now, isBlocked);
    else travellers.current?.take(scene, now, isBlocked);
  });
  return html`<canvas class="map-layer travellers" ref=${canvas} aria-hidden="true"></canvas>
    <${Sampled} oneIn=${oneIn} />`;
}

/**
 * While time stands still it may be stepped.
 *
 * @param {import("../lab.js").Lab} lab
 * @param {(ms: number) => void} skip
 */
function useStandstill(lab, skip) {
  const last = useRef(lab.t.peek());
  useSignalEffect(() => {
    const t = lab.t.value;
    if (lab.rate.value === 0 && !lab.past.value) skip((t - last.current) * 1000);
    last.current = t;
  });
}

/** @param {{oneIn: import("@preact/signals").Signal<number>}} props */
function Sampled({ oneIn }) {
  return html`<span class="sampled" hidden=${oneIn.value === 1}>1 in ${oneIn} shown</span>`;
}

/**
 * @param {import("../types.js").State} shown
 * @returns {Map<string, string[]>} instance → callers that leave it out
 */
function leftOut(shown) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const byCaller of Object.values(shown.ejected)) {
    for (const [caller, names] of Object.entries(byCaller)) {
      for (const name of names) found.set(name, [...(found.get(name) ?? []), caller]);
    }
  }
  return found;
}

/**
 * @param {Element} root
 * @param {KeyboardEvent} event
 */
function steer(root, event) {
  if (event.key !== "Escape") walk(root, event);
  else if (!past.peek()) select(null);
}

/**
 * @param {Element} root
 * @param {FocusEvent} event
 */
function stay(root, event) {
  const stop = event.target instanceof Element ? event.target.closest("[data-stop]") : null;
  if (stop) visit(root, stop);
}
