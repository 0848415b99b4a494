/** A zone: a room that services stand in, dark when it is lost, and the walls between rooms. */

import { html } from "../html.js";
import { useChoosable } from "./choosable.js";

/**
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("./layout.js").Room} RoomPlace
 */

/** @param {{room: RoomPlace, faults: Fault[]}} props */
export function Room({ room, faults }) {
  const { zone, box } = room;
  const lost = isLost(zone, faults);
  return html`<g class="room" data-lost=${lost ? "" : null}>
    <rect class="room-floor" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="12" />
    ${
      lost &&
      html`<rect class="room-dark" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="12" fill="url(#dark)" />`
    }
  </g>`;
}

/** @param {{room: RoomPlace, faults: Fault[]}} props */
export function RoomSign({ room, faults }) {
  const { zone, box } = room;
  const lost = isLost(zone, faults);
  const choice = useChoosable("zone", zone, `zone ${zone}${lost ? ", lost" : ""}`);
  if (!zone) return null;
  const width = 62 + (lost ? 34 : 0);
  return html`<g class="room-sign" data-lost=${lost ? "" : null} ...${choice}>
    <rect class="sign-ground" x=${box.x + 8} y=${box.y + 7} width=${width} height="20" rx="5" />
    <text class="sign-text" x=${box.x + 16} y=${box.y + 21}>Zone ${zone}${lost ? " · lost" : ""}</text>
  </g>`;
}

/** @param {{rooms: RoomPlace[], faults: Fault[]}} props */
export function Walls({ rooms, faults }) {
  return html`<g>
    ${faults.map((fault) => {
      const wall = wallOf(fault, rooms);
      return (
        wall &&
        html`<g class="wall" key=${fault.id}>
          <rect x=${wall.x} y=${wall.y} width=${wall.width} height="12" rx="2" fill="url(#bricks)" />
          <rect class="wall-edge" x=${wall.x} y=${wall.y} width=${wall.width} height="12" rx="2" />
        </g>`
      );
    })}
  </g>`;
}

/**
 * @param {Fault} fault
 * @param {RoomPlace[]} rooms
 * @returns {{x: number, y: number, width: number} | null} between two rooms that are parted
 */
export function wallOf(fault, rooms) {
  if (fault.kind !== "partition" || fault.state !== "active") return null;
  const parted = fault.target.split("|");
  const [upper, lower] = rooms.filter((room) => parted.includes(room.zone));
  if (!upper || !lower) return null;
  const y = (upper.box.y + upper.box.height + lower.box.y) / 2 - 6;
  return { x: upper.box.x, y, width: upper.box.width };
}

/**
 * @param {string} zone
 * @param {Fault[]} faults
 */
export function isLost(zone, faults) {
  return faults.some(
    (fault) =>
      fault.kind === "lose_zone" &&
      fault.state === "active" &&
      (fault.zones.includes(zone) || fault.target === zone),
  );
}
