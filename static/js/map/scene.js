/**
 * What is to be seen on the map, without places: zones as rooms, one node for each service in each
 * of its zones, one wire between two nodes that call each other, users outside.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Instance} Instance
 * @typedef {import("../types.js").Dependency} Dependency
 * @typedef {{id: string, service: string, title: string, zone: string, instances: Instance[]}} Node
 * @typedef {{
 *   id: string, from: string, to: string, dependency: Dependency, links: number[],
 *   callers: string[],
 * }} Wire
 *   from and to are ids of nodes, or "users"; links are places in the state's list; callers are
 *   instances, or "users"
 * @typedef {{zones: string[], nodes: Node[], wires: Wire[], wireOfLink: Int16Array, key: string}} Scene
 *   wireOfLink: for each link of the state its place in wires, or -1; key changes with the layout
 */

export const USERS = "users";
const NOWHERE = "";

/**
 * @param {State} state
 * @returns {Scene}
 */
export function sceneOf(state) {
  const nodes = nodesOf(state);
  const { wires, wireOfLink } = wiresOf(state, nodes);
  const zones = state.zones.length > 0 ? state.zones : [NOWHERE];
  const key = JSON.stringify([
    state.scenario.name,
    zones,
    nodes.map((node) => [node.id, node.instances.length]),
    state.dependencies.map((one) => one.name),
  ]);
  return { zones, nodes, wires, wireOfLink, key };
}

/**
 * @param {State} state
 * @returns {State} as if it had no zones: one room, one card for each service
 */
export function oneRoom(state) {
  return {
    ...state,
    zones: [],
    services: state.services.map((one) => ({ ...one, zones: [] })),
    instances: state.instances.map((one) => ({ ...one, zone: null })),
  };
}

/** @param {State} state */
function nodesOf(state) {
  /** @type {Node[]} */
  const nodes = [];
  for (const service of state.services) {
    const own = state.instances.filter((one) => one.service === service.name);
    const authored = service.zones.length > 0 ? service.zones : [NOWHERE];
    const zones = new Set([...authored, ...own.map((one) => one.zone ?? NOWHERE)]);
    for (const zone of zones) {
      nodes.push({
        id: nodeId(service.name, zone),
        service: service.name,
        title: service.title || service.name,
        zone,
        instances: own.filter((one) => (one.zone ?? NOWHERE) === zone),
      });
    }
  }
  return nodes;
}

/**
 * @param {State} state
 * @param {Node[]} nodes
 */
function wiresOf(state, nodes) {
  /** @type {Map<string, string>} */
  const home = new Map([[USERS, USERS]]);
  for (const node of nodes) for (const one of node.instances) home.set(one.name, node.id);
  /** @type {Map<string, Wire>} */
  const found = new Map();
  const keys = state.links.map((link, index) => {
    const from = home.get(link.caller);
    const to = home.get(link.callee);
    const dependency = state.dependencies.find((one) => one.name === link.dependency);
    if (!from || !to || !dependency) return "";
    const id = `${from}>${to}`;
    const wire = found.get(id) ?? { id, from, to, dependency, links: [], callers: [] };
    found.set(id, wire);
    wire.links.push(index);
    if (!wire.callers.includes(link.caller)) wire.callers.push(link.caller);
    return id;
  });
  const wires = [...found.values()];
  const places = new Map(wires.map((wire, index) => [wire.id, index]));
  return { wires, wireOfLink: Int16Array.from(keys, (key) => places.get(key) ?? -1) };
}

/**
 * @param {string} service
 * @param {string} zone
 */
function nodeId(service, zone) {
  return `${service}@${zone}`;
}
