/**
 * Where the states and transitions of a pattern stand in its diagram.
 *
 * Two transitions between the same two states, one each way, share a line, and labels are broken
 * until the whole is as narrow as the panel: a drawing that must be shrunk cannot be read.
 *
 * @typedef {{from: string, to: string, label: string}} Transition
 * @typedef {{name: string, x: number, y: number, width: number, height: number}} StateBox
 *   x and y are the middle
 * @typedef {{path: string, isBoth: boolean, lines: string[], x: number, y: number}} Arrow
 *   x and y are the middle of the label; isBoth: with a head at each end
 * @typedef {{states: StateBox[], arrows: Arrow[], width: number, height: number}} Diagram
 */

import { Graph, layout } from "@dagrejs/dagre";

const ROOM_PX = 330;
const CHARACTER_PX = 6;
const LINE_PX = 13;
/** How many characters a line of a label may have: the first that fits the room is taken. */
const LABEL_CHARACTERS = [18, 14, 11];

/**
 * @param {string[]} states
 * @param {Transition[]} transitions
 * @returns {Diagram}
 */
export function stateDiagram(states, transitions) {
  const links = paired(transitions);
  for (const characters of LABEL_CHARACTERS.slice(0, -1)) {
    const diagram = laidOut(states, links, characters);
    if (diagram.width <= ROOM_PX) return diagram;
  }
  return laidOut(states, links, LABEL_CHARACTERS[LABEL_CHARACTERS.length - 1]);
}

/**
 * @param {Transition[]} transitions
 * @returns {Transition[][]} one, or the one and its way back
 */
export function paired(transitions) {
  /** @type {Transition[][]} */
  const links = [];
  for (const transition of transitions) {
    const { from, to } = transition;
    const back = links.find(([one, other]) => !other && one.from === to && one.to === from);
    if (back) back.push(transition);
    else links.push([transition]);
  }
  return links;
}

/**
 * @param {string[]} states
 * @param {Transition[][]} links
 * @param {number} characters
 * @returns {Diagram}
 */
function laidOut(states, links, characters) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 14, ranksep: 18, edgesep: 8, marginx: 4, marginy: 4 });
  for (const name of states) {
    graph.setNode(name, { width: Math.max(62, name.length * 7 + 18), height: 28 });
  }
  links.forEach((link, index) => {
    const [{ from, to }] = link;
    graph.setEdge(from, to, labelSize(linesOf(link, characters)), String(index));
  });
  layout(graph);
  const { width, height } = graph.graph();
  return {
    states: states.map((name) => stateBox(name, graph.node(name))),
    arrows: links.map((link, index) => {
      const [{ from, to }] = link;
      const edge = graph.edge(from, to, String(index));
      return arrow(edge, linesOf(link, characters), link.length > 1);
    }),
    width: width ?? 0,
    height: height ?? 0,
  };
}

/**
 * @param {string} name
 * @param {any} node as laid out
 * @returns {StateBox}
 */
function stateBox(name, { x, y, width, height }) {
  return { name, x, y, width, height };
}

/**
 * @param {any} edge as laid out
 * @param {string[]} lines
 * @param {boolean} isBoth
 * @returns {Arrow}
 */
function arrow({ points, x, y }, lines, isBoth) {
  return { path: smooth(points), isBoth, lines, x, y };
}

/**
 * @param {Transition[]} link the first leads down the page, since it comes first
 * @param {number} characters
 */
function linesOf(link, characters) {
  if (link.length === 1) return wrapped(link[0].label, characters);
  const [there, back] = link;
  return [...wrapped(`↓ ${there.label}`, characters), ...wrapped(`↑ ${back.label}`, characters)];
}

/** @param {string[]} lines */
function labelSize(lines) {
  const longest = Math.max(...lines.map((line) => line.length));
  return { width: longest * CHARACTER_PX + 6, height: lines.length * LINE_PX + 2, labelpos: "c" };
}

/**
 * @param {string} label
 * @param {number} characters in a line, unless a word is longer
 * @returns {string[]}
 */
export function wrapped(label, characters) {
  /** @type {string[]} */
  const lines = [];
  for (const word of label.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < characters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/**
 * A curve through the points, straight at both ends.
 *
 * @param {{x: number, y: number}[]} points
 */
function smooth(points) {
  const [first, ...rest] = points;
  let path = `M${place(first)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    path += next ? `Q${place(point)} ${place(between(point, next))}` : `L${place(point)}`;
  });
  return path;
}

/**
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
function between(one, other) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}

/** @param {{x: number, y: number}} point */
function place({ x, y }) {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
