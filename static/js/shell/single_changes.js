/**
 * Changes of one thing, as a twin may be made with: each pattern on or off, fewer or more users.
 *
 * @typedef {{words: string, command: import("../types.js").Command}} Change
 */

/** What is always on, since something must choose the instance. */
const FIXED = "balance";

/**
 * @param {import("../types.js").State | null} state
 * @param {(pattern: string) => string} titleOf a pattern's name for people
 * @returns {Change[]} dependencies that are protected first
 */
export function singleChanges(state, titleOf) {
  if (!state) return [];
  const protectedFirst = [...state.dependencies].sort((a, b) => enabledIn(b) - enabledIn(a));
  return [...usersChanges(state.users), ...protectedFirst.flatMap((one) => switches(one, titleOf))];
}

/** @type {(dependency: import("../types.js").Dependency, titleOf: (pattern: string) => string) => Change[]} */
function switches({ name, caller, callee, chain }, titleOf) {
  return chain
    .filter((layer) => layer.pattern !== FIXED)
    .map((layer) => ({
      words: `${titleOf(layer.pattern)} ${layer.enabled ? "off" : "on"}, ${caller} → ${callee}`,
      command: {
        command: "set_chain",
        dependency: name,
        chain: chain.map((one) => (one === layer ? { ...one, enabled: !one.enabled } : one)),
      },
    }));
}

/**
 * @param {import("../types.js").Users} users
 * @returns {Change[]}
 */
function usersChanges({ rate_per_s }) {
  return [2, 0.5].map((factor) => ({
    words: `${factor === 2 ? "twice" : "half"} the users, ${rate_per_s * factor}/s`,
    command: { command: "set_users", rate_per_s: rate_per_s * factor },
  }));
}

/** @param {import("../types.js").Dependency} dependency */
function enabledIn({ chain }) {
  return chain.filter((layer) => layer.enabled && layer.pattern !== FIXED).length;
}
