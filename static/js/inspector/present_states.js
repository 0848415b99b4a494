/**
 * Where a pattern stands in its diagram just now, caller by caller.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("./target.js").Target} Target
 */

/**
 * @param {State | null} shownState
 * @param {Frame | null} shown
 * @param {Target} target
 * @param {string} pattern
 * @returns {Map<string, string[]>} state → who is in it: "checkout-1 → payments"
 */
export function presentStates(shownState, shown, target, pattern) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const name of [...target.incoming, ...target.outgoing]) {
    for (const [caller, snapshots] of Object.entries(shown?.calls[name]?.patterns ?? {})) {
      const now = snapshots[pattern]?.state;
      if (typeof now !== "string" || !isAbout(shownState, target, name, caller)) continue;
      found.set(now, [...(found.get(now) ?? []), `${caller} → ${name.split(":")[1]}`]);
    }
  }
  return found;
}

/**
 * Of a selected instance or link only its own caller counts.
 *
 * @param {State | null} shownState
 * @param {Target} target
 * @param {string} dependency
 * @param {string} caller
 */
function isAbout(shownState, target, dependency, caller) {
  if (target.kind === "link") {
    return shownState?.links.find((link) => link.name === target.name)?.caller === caller;
  }
  return (
    target.kind !== "instance" || target.incoming.includes(dependency) || caller === target.name
  );
}

/**
 * @param {Map<string, string[]>} present
 * @returns {string} "Now open (checkout-1 → payments)"
 */
export function presentWords(present) {
  if (present.size === 0) return "It is not at work on what is selected, so no state is marked.";
  const parts = [...present].map(
    ([name, who]) => `${name.replaceAll("_", " ")} (${who.join(", ")})`,
  );
  return `Now ${parts.join("; ")}.`;
}
