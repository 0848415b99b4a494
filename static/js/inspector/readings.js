/**
 * Figures of one thing out of the newest frame; frames are in the order of the newest state.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 */

import { computed } from "@preact/signals";
import { frame, state } from "../store.js";

/** Seconds since the lab started, as of the newest message. */
export const now_t = computed(() => frame.value?.t ?? state.value?.t ?? 0);

/** The same in whole seconds, for what need not move ten times a second. */
export const nowSecond = computed(() => Math.floor(now_t.value));

const instancePlaces = computed(() => places(state.value?.instances ?? []));
const linkPlaces = computed(() => places(state.value?.links ?? []));

/**
 * @param {Frame | null} shown
 * @param {string} name of an instance
 * @returns {import("../types.js").InstanceFigures | null} null: it said nothing just now
 */
export function instanceFigures(shown, name) {
  const place = instancePlaces.value.get(name);
  return place === undefined ? null : (shown?.instances[place] ?? null);
}

/**
 * @param {Frame | null} shown
 * @param {string} name of a link
 * @returns {[outcomes: import("../types.js").Counts, p99_ms: number | null] | null}
 */
export function linkFigures(shown, name) {
  const place = linkPlaces.value.get(name);
  return place === undefined ? null : shown?.links[place] || null;
}

/**
 * @param {Frame | null} shown
 * @param {string} dependency
 * @param {string} caller
 * @param {string} pattern
 * @returns {any} its snapshot, or null if there is no news of it
 */
export function snapshotOf(shown, dependency, caller, pattern) {
  return shown?.calls[dependency]?.patterns[caller]?.[pattern] ?? null;
}

/** @param {{name: string}[]} things */
function places(things) {
  return new Map(things.map((one, place) => [one.name, place]));
}
