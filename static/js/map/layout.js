/**
 * Where things stand on the map: users at the left, one room above the other, services in columns.
 * The same scene in the same space always gives the same places.
 *
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./scene.js").Node} Node
 * @typedef {{x: number, y: number, width: number, height: number}} Box x and y: its top left corner
 * @typedef {{zone: string, box: Box}} Room
 * @typedef {{
 *   width: number, height: number, users: Box, rooms: Room[], nodes: Map<string, Box>,
 *   rows: Map<string, Box>,
 * }} Places nodes by id, rows by name of the instance
 */

import { USERS } from "./scene.js";

/** @typedef {typeof WIDTHS} Widths in pixels */
export const WIDTHS = { users: 116, widest: 194, narrowest: 112, shortest_wire: 66, long_wire: 92 };

/** Where two maps share the width of one. @type {Widths} */
export const COMPACT = {
  users: 104,
  widest: 150,
  narrowest: 116,
  shortest_wire: 60,
  long_wire: 60,
};

const EDGE = 14;
const HEAD = 30;
const ROW = 22;
const GAP = 16;
const ROOM_HEAD = 26;
const ROOM_GAP = 18;
const USERS_HEIGHT = 84;
/** How much larger than usual a small system is drawn, and how much air a room gets. */
const LARGEST = 1.3;
const ROOM_AIR = 150;

/**
 * @param {Scene} scene
 * @param {string[][]} columns from `serviceColumns`
 * @param {{width: number, height: number}} space in pixels
 * @param {Widths} [widths]
 * @returns {Places} width and height are the space itself, or more where it is too small: the
 *   drawing is then scaled down; or less for a small system, which is scaled up
 */
export function placesOf(scene, columns, space, widths = WIDTHS) {
  const inner = columns
    .map((names) => names.filter((name) => name !== USERS))
    .filter((names) => names.length);
  const rooms = scene.zones.map((zone) => ({ zone, least: roomHeight(scene, inner, zone) }));
  const rows_height = rooms.reduce((sum, room) => sum + room.least, 0);
  const needed_height = 2 * EDGE + rows_height + ROOM_GAP * (rooms.length - 1);
  const columns_width = (/** @type {number} */ node, /** @type {number} */ wire) =>
    3 * EDGE + widths.users + wire + inner.length * (node + wire);
  const scale = Math.max(
    1 / LARGEST,
    needed_height / space.height,
    columns_width(widths.narrowest, widths.shortest_wire) / space.width,
    Math.min(1, columns_width(widths.widest, widths.long_wire) / space.width),
  );
  const width = space.width * scale;
  const height = space.height * scale;
  const spread = Math.min(ROOM_AIR, (height - needed_height) / Math.max(1, rooms.length));
  const left = EDGE + widths.users + widths.shortest_wire * 0.62;
  const columnWidth = (width - EDGE - left) / Math.max(1, inner.length);
  const nodeWidth = Math.max(
    widths.narrowest,
    Math.min(widths.widest, columnWidth - widths.long_wire),
  );

  /** @type {Places} */
  const places = {
    width,
    height,
    users: { x: EDGE, y: (height - USERS_HEIGHT) / 2, width: widths.users, height: USERS_HEIGHT },
    rooms: [],
    nodes: new Map(),
    rows: new Map(),
  };
  let top = EDGE + (height - needed_height - spread * rooms.length) / 2;
  for (const { zone, least } of rooms) {
    const box = { x: left, y: top, width: width - EDGE - left, height: least + spread };
    places.rooms.push({ zone, box });
    inner.forEach((names, column) => {
      const middle = left + columnWidth * (column + 0.5);
      stack(places, nodesIn(scene, names, zone), middle - nodeWidth / 2, nodeWidth, box);
    });
    top += box.height + ROOM_GAP;
  }
  return places;
}

/**
 * Puts nodes of one column into a room, evenly.
 *
 * @param {Places} places
 * @param {Node[]} nodes
 * @param {number} x
 * @param {number} width
 * @param {Box} room
 */
function stack(places, nodes, x, width, room) {
  const heights = nodes.map(nodeHeight);
  const inside = room.height - ROOM_HEAD;
  const free = inside - heights.reduce((sum, height) => sum + height, 0);
  const gap = free / (nodes.length + 1);
  let y = room.y + ROOM_HEAD + gap;
  nodes.forEach((node, index) => {
    const box = { x, y, width, height: heights[index] };
    places.nodes.set(node.id, box);
    node.instances.forEach((one, row) => {
      places.rows.set(one.name, { x, y: y + HEAD + row * ROW, width, height: ROW });
    });
    y += heights[index] + gap;
  });
}

/** @param {Node} node */
function nodeHeight(node) {
  return HEAD + ROW * Math.max(1, node.instances.length) + 6;
}

/**
 * @param {Scene} scene
 * @param {string[]} names
 * @param {string} zone
 */
function nodesIn(scene, names, zone) {
  return names.flatMap((name) =>
    scene.nodes.filter((one) => one.service === name && one.zone === zone),
  );
}

/**
 * @param {Scene} scene
 * @param {string[][]} columns
 * @param {string} zone
 * @returns {number} the least that its fullest column needs
 */
function roomHeight(scene, columns, zone) {
  const needs = columns.map((names) =>
    nodesIn(scene, names, zone).reduce((sum, node) => sum + nodeHeight(node) + GAP, GAP),
  );
  return ROOM_HEAD + Math.max(HEAD + ROW, ...needs);
}
