/**
 * CSS colours for canvases, which do not know variables. Resolved once per theme.
 */

import { effect, signal } from "@preact/signals";
import { theme } from "./preferences.js";

/** Counts up whenever colours have changed: what draws on a canvas draws again. */
export const palette = signal(0);

/** @type {Map<string, string>} */
const known = new Map();

effect(() => {
  theme.value;
  forget();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);

/**
 * @param {string} value a CSS colour, as `var(--ok)`
 * @returns {string} that a canvas understands
 */
export function resolved(value) {
  const found = known.get(value);
  if (found) return found;
  const probe = document.createElement("i");
  probe.hidden = true;
  probe.style.color = value;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  known.set(value, color);
  return color;
}

/**
 * @param {string} value a CSS colour
 * @param {number} alpha 0 to 1
 */
export function faded(value, alpha) {
  return resolved(value).replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${alpha})`);
}

function forget() {
  known.clear();
  palette.value = palette.peek() + 1;
}
