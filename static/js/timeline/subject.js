/**
 * From the name in an event to what can be selected.
 *
 * @param {import("../types.js").State | null} state
 * @param {string} name
 * @returns {import("../types.js").Selection | null}
 */
export function selectionOf(state, name) {
  if (!state) return null;
  if (name === "users") return { kind: "users", name };
  if (state.instances.some((one) => one.name === name)) return { kind: "instance", name };
  if (state.services.some((one) => one.name === name)) return { kind: "service", name };
  if (state.dependencies.some((one) => one.name === name)) return { kind: "dependency", name };
  if (state.links.some((one) => one.name === name)) return { kind: "link", name };
  return state.zones.includes(name) ? { kind: "zone", name } : null;
}
