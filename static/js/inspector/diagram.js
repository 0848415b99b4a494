/**
 * Where the states and transitions of a pattern stand in its diagram.
 *
 * @typedef {{from: string, to: string, label: string}} Transition
 * @typedef {{name: string, x: number, y: number, width: number, height: number}} StateBox
 *   x and y are the middle
 * @typedef {{
 *   from: string, to: string, label: string[], path: string, x: number, y: number,
 * }} Arrow x and y are the middle of the label
 * @typedef {{states: StateBox[], arrows: Arrow[], width: number, height: number}} Diagram
 */

import { Graph, layout } from "@dagrejs/dagre";

const CHARACTER_PX = 6.1;
const LINE_PX = 13;
const LABEL_CHARACTERS = 17;

/**
 * @param {string[]} states
 * @param {Transition[]} transitions
 * @returns {Diagram}
 */
export function stateDiagram(states, transitions) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 34, ranksep: 26, edgesep: 14, marginx: 6, marginy: 6 });
  for (const name of states) {
    graph.setNode(name, { width: Math.max(74, name.length * 7.4 + 26), height: 30 });
  }
  transitions.forEach((transition, index) => {
    const label = wrapped(transition.label);
    graph.setEdge(transition.from, transition.to, labelSize(label), String(index));
  });
  layout(graph);
  const { width, height } = graph.graph();
  return {
    states: states.map((name) => ({ name, ...box(graph.node(name)) })),
    arrows: transitions.map((transition, index) =>
      arrow(transition, graph.edge(transition.from, transition.to, String(index))),
    ),
    width: width ?? 0,
    height: height ?? 0,
  };
}

/** @param {any} node */
function box({ x, y, width, height }) {
  return { x, y, width, height };
}

/**
 * @param {Transition} transition
 * @param {any} edge
 * @returns {Arrow}
 */
function arrow({ from, to, label }, edge) {
  const points = edge.points;
  return { from, to, label: wrapped(label), path: smooth(points), x: edge.x, y: edge.y };
}

/** @param {string[]} lines */
function labelSize(lines) {
  const longest = Math.max(...lines.map((line) => line.length));
  return { width: longest * CHARACTER_PX + 8, height: lines.length * LINE_PX + 4, labelpos: "c" };
}

/**
 * @param {string} label
 * @returns {string[]} lines of at most about LABEL_CHARACTERS
 */
export function wrapped(label) {
  /** @type {string[]} */
  const lines = [];
  for (const word of label.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < LABEL_CHARACTERS) {
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
    if (!next) path += `L${place(point)}`;
    else
      path += `Q${place(point)} ${place({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return path;
}

/** @param {{x: number, y: number}} point */
function place({ x, y }) {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
