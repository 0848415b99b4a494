/** A detector's suspicion in a few words. */

import { counted } from "./words.js";

/**
 * @param {any} health one instance as a caller sees it
 * @returns {string} always one decimal, so that it does not dance
 */
export function suspicionWords(health) {
  if (health?.suspicion == null) return "–";
  const mistakes = health.counts?.mistakes ?? 0;
  const wrong = mistakes > 0 ? `, ${counted(mistakes, "mistake")}` : "";
  const now = health.suspicion >= 99 ? "99+" : health.suspicion.toFixed(1);
  return `${now} of ${health.threshold}${wrong}`;
}
