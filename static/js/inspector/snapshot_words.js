/**
 * Snapshots of patterns in a few words each.
 *
 * @typedef {import("../types.js").CallFigures} CallFigures
 */

import { spoken } from "./words.js";

/** @type {Record<string, (snapshot: any) => string>} */
const WORDS = {
  breaker: (snapshot) => spoken(snapshot.state),
  bulkhead: (snapshot) => (snapshot.state === "free" ? "" : spoken(snapshot.state)),
  balance: (snapshot) => (snapshot.state === "panic" ? "panic" : outWords(snapshot.out ?? [])),
  fallback: (snapshot) => (snapshot.state === "covering" ? "covering" : ""),
};

/**
 * All callers in one phrase: "closed", or "open at checkout-1; closed at checkout-2".
 *
 * @param {string} pattern
 * @param {CallFigures | undefined} figures of its dependency
 * @returns {string} empty where there is nothing worth saying
 */
export function stateSummary(pattern, figures) {
  const words = WORDS[pattern];
  if (!words || !figures) return "";
  /** @type {Map<string, string[]>} */
  const callers = new Map();
  for (const [caller, snapshots] of Object.entries(figures.patterns)) {
    if (!snapshots[pattern]) continue;
    const word = words(snapshots[pattern]);
    if (word) callers.set(word, [...(callers.get(word) ?? []), caller]);
  }
  if (callers.size < 2) return [...callers.keys()][0] ?? "";
  return [...callers].map(([word, names]) => `${word} at ${names.join(", ")}`).join("; ");
}

/** @param {string[]} names instances out of the balance */
function outWords(names) {
  return names.length > 0 ? `without ${names.join(", ")}` : "";
}
