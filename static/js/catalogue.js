/** What can be broken and switched on; it never changes while the site runs. */

import { catalogue, say } from "./store.js";

const AGAIN_MS = 5_000;

/** @param {string} address */
export async function readCatalogue(address) {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    catalogue.value = await answer.json();
  } catch {
    say("The list of faults and patterns could not be loaded. Trying again.");
    setTimeout(() => readCatalogue(address), AGAIN_MS);
  }
}

/**
 * @param {string} pattern
 * @returns {string} its name for people
 */
export function patternTitle(pattern) {
  const known = catalogue.value?.patterns.find((one) => one.name === pattern);
  return known?.title ?? pattern.replaceAll("_", " ");
}
