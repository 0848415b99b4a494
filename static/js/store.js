/**
 * What the page knows, in signals. Most of it is of the lab that is shown: the only one, or, of
 * twins, the one that is chosen. Views read; only a `Lab` writes what the server says.
 *
 * @typedef {import("./types.js").Selection} Selection
 * @typedef {import("./types.js").SelectionKind} SelectionKind
 */

import { batch, computed, signal } from "@preact/signals";
import { Lab } from "./lab.js";

/** The lab that the page, or its inspector, is about. */
export const shown = signal(new Lab(""));

export const state = computed(() => shown.value.state.value);
export const frame = computed(() => shown.value.frame.value);
export const before = computed(() => shown.value.before.value);
export const rows = computed(() => shown.value.rows.value);
export const curves = computed(() => shown.value.curves.value);
export const events = computed(() => shown.value.events.value);
export const story = computed(() => shown.value.story.value);
export const traces = computed(() => shown.value.traces.value);
export const recent = computed(() => shown.value.recent.value);
export const connection = computed(() => shown.value.connection.value);
export const past = computed(() => shown.value.past.value);

export const catalogue = signal(/** @type {import("./types.js").Catalogue | null} */ (null));
export const selection = signal(/** @type {Selection | null} */ (null));
export const notices = signal(/** @type {{id: number, text: string}[]} */ ([]));
export const framesPerSecond = signal(10);

/**
 * @param {SelectionKind | null} kind null: nothing
 * @param {string} [name]
 * @param {Lab} [lab] whose it is; the one that is shown by default
 */
export function select(kind, name = "", lab = shown.peek()) {
  batch(() => {
    shown.value = lab;
    selection.value = kind ? { kind, name } : null;
  });
}

/** @param {string} text shown until dismissed or old */
export function say(text) {
  const id = (notices.peek().at(-1)?.id ?? 0) + 1;
  notices.value = [...notices.peek().slice(-2), { id, text }];
}

/** @param {number} id of a notice */
export function dismiss(id) {
  notices.value = notices.peek().filter((one) => one.id !== id);
}
