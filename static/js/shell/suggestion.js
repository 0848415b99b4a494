/**
 * The thing that a scenario's suggestion is about: the first service or instance that it names.
 *
 * @param {import("../types.js").State} state
 * @returns {import("../types.js").Selection | null}
 */
export function suggestedTarget(state) {
  const words = (state.scenario.suggestion ?? "").toLowerCase().split(/[^a-z0-9-]+/);
  for (const word of words) {
    const instance = state.instances.find((one) => one.name === word);
    if (instance) return { kind: "instance", name: instance.name };
    const first = state.instances.find((one) => one.service === word);
    if (first) return { kind: "instance", name: first.name };
  }
  return null;
}
