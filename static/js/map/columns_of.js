/**
 * In which column a service stands, and in which order within it, by dagre: callers left of what
 * they call, few crossings.
 *
 * @typedef {import("../types.js").State} State
 */

import { Graph, layout } from "@dagrejs/dagre";
import { USERS } from "./scene.js";

/**
 * @param {State} state
 * @returns {string[][]} columns from left to right of service names from top to bottom, users first
 */
export function serviceColumns(state) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 60 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of [USERS, ...state.services.map((one) => one.name)]) {
    graph.setNode(name, { width: 100, height: 40 });
  }
  for (const { caller, callee } of state.dependencies) graph.setEdge(caller, callee);
  layout(graph);
  /** @type {Map<number, {name: string, y: number}[]>} */
  const columns = new Map();
  for (const name of graph.nodes()) {
    const { x = 0, y = 0 } = /** @type {{x?: number, y?: number}} */ (graph.node(name));
    const place = Math.round(x);
    columns.set(place, [...(columns.get(place) ?? []), { name, y }]);
  }
  return [...columns.keys()]
    .sort((a, b) => a - b)
    .map((x) => (columns.get(x) ?? []).sort((a, b) => a.y - b.y).map((one) => one.name));
}
