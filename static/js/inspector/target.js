/**
 * What is selected, looked up in the newest state: its name, its title, what belongs to it.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Selection} Selection
 * @typedef {{
 *   kind: string, name: string, title: string, about: string,
 *   instances: string[], links: string[], outgoing: string[], incoming: string[],
 * }} Target
 *   outgoing and incoming are names of dependencies; for a dependency or a link it is outgoing
 */

/**
 * @param {State} state
 * @param {Selection | null} selection
 * @returns {Target | null} null if nothing is selected or it no longer exists
 */
export function targetOf(state, selection) {
  if (!selection) return null;
  const find = FINDERS[selection.kind];
  return find ? find(state, selection.name) : null;
}

/** @type {Record<string, (state: State, name: string) => Target | null>} */
const FINDERS = {
  instance: instanceTarget,
  service: serviceTarget,
  dependency: dependencyTarget,
  link: linkTarget,
  zone: zoneTarget,
  users: usersTarget,
};

/** @type {(state: State, name: string) => Target | null} */
function instanceTarget(state, name) {
  const instance = state.instances.find((one) => one.name === name);
  if (!instance) return null;
  return {
    kind: "instance",
    name,
    title: name,
    about: instance.zone ? `Instance in zone ${instance.zone}` : "Instance",
    instances: [name],
    links: state.links
      .filter((link) => link.caller === name || link.callee === name)
      .map((link) => link.name),
    ...around(state, instance.service),
  };
}

/** @type {(state: State, name: string) => Target | null} */
function serviceTarget(state, name) {
  const service = state.services.find((one) => one.name === name);
  if (!service) return null;
  const instances = namesOf(state.instances.filter((one) => one.service === name));
  return {
    kind: "service",
    name,
    title: service.title || name,
    about: "Service",
    instances,
    links: [],
    ...around(state, name),
  };
}

/** @type {(state: State, name: string) => Target | null} */
function dependencyTarget(state, name) {
  const dependency = state.dependencies.find((one) => one.name === name);
  if (!dependency) return null;
  return {
    kind: "dependency",
    name,
    title: `${dependency.caller} → ${dependency.callee}`,
    about: `${dependency.required ? "Required" : "Optional"} dependency`,
    instances: [],
    links: namesOf(state.links.filter((link) => link.dependency === name)),
    outgoing: [name],
    incoming: [],
  };
}

/** @type {(state: State, name: string) => Target | null} */
function linkTarget(state, name) {
  const link = state.links.find((one) => one.name === name);
  if (!link) return null;
  return {
    kind: "link",
    name,
    title: `${link.caller} → ${link.callee}`,
    about: "Link",
    instances: [],
    links: [name],
    outgoing: [link.dependency],
    incoming: [],
  };
}

/** @type {(state: State, name: string) => Target | null} */
function zoneTarget(state, name) {
  if (!state.zones.includes(name)) return null;
  const instances = namesOf(state.instances.filter((one) => one.zone === name));
  return {
    kind: "zone",
    name,
    title: `Zone ${name}`,
    about: `Zone with ${instances.length} instances`,
    instances,
    links: [],
    outgoing: [],
    incoming: [],
  };
}

/** @type {(state: State, name: string) => Target | null} */
function usersTarget(state) {
  return {
    kind: "users",
    name: "users",
    title: "Users",
    about: "The open-loop load",
    instances: [],
    links: namesOf(state.links.filter((link) => link.caller === "users")),
    outgoing: namesOf(state.dependencies.filter((one) => one.caller === "users")),
    incoming: [],
  };
}

/**
 * @param {State} state
 * @param {string | null} service
 */
function around(state, service) {
  return {
    outgoing: namesOf(state.dependencies.filter((one) => one.caller === service)),
    incoming: namesOf(state.dependencies.filter((one) => one.callee === service)),
  };
}

/** @param {{name: string}[]} things */
function namesOf(things) {
  return things.map((one) => one.name);
}
