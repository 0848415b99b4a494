/**
 * What a person has chosen for this browser, kept between visits. A browser without storage works,
 * it only forgets.
 */

import { computed, effect, signal } from "@preact/signals";

const PREFIX = "faultline.";

/** "light", "dark", or "" to follow the system. */
export const theme = kept("theme", "");
export const projector = kept("projector", "");
/** How much larger than usual everything is read: the projector mode. */
export const magnified = computed(() => (projector.value ? 1.6 : 1));
export const tableView = kept("table", "");
/** Seconds that the charts and the timeline show. */
export const windowSeconds = kept("window", "120");
export const activityTab = kept("activity", "events");
export const activityFolded = kept("folded", "");
/** Names of coach marks that were dismissed, separated by spaces. */
export const coached = kept("coached", "");

effect(() => mark("theme", theme.value));
effect(() => mark("projector", projector.value));

/**
 * @param {string} name
 * @param {string} fallback
 */
function kept(name, fallback) {
  const kept = signal(read(PREFIX + name) ?? fallback);
  effect(() => write(PREFIX + name, kept.value));
  return kept;
}

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

/**
 * @param {string} attribute
 * @param {string} value
 */
function mark(attribute, value) {
  const root = document.documentElement;
  if (value) root.dataset[attribute] = value;
  else delete root.dataset[attribute];
}
