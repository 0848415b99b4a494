/** One key for what is done often. Nothing fires while someone types. */

import { signal } from "@preact/signals";
import { projector, tableView } from "../preferences.js";
import { paused, select } from "../store.js";

export const helpOpen = signal(false);

/** @type {{title: string, keys: [string, string][]}[]} */
export const SHORTCUTS = [
  {
    title: "The page",
    keys: [
      ["?", "this sheet"],
      ["F", "freeze the picture"],
      ["T", "everything as tables"],
      ["P", "projector"],
      ["D", "dark or light"],
      ["R", "reset"],
      ["M", "to the map"],
      ["U", "to the users' rate"],
    ],
  },
  {
    title: "Map",
    keys: [
      ["← →", "to what calls, to what is called"],
      ["↑ ↓", "to what is above and below"],
      ["Enter", "select"],
      ["Esc", "select nothing"],
    ],
  },
];

/**
 * @param {{reset: () => void, turnTheme: () => void}} acts
 * @returns {() => void} to stop listening
 */
export function listen(acts) {
  /** @type {Readonly<Record<string, () => void>>} */
  const keys = {
    "?": () => flip(helpOpen),
    f: () => flip(paused),
    t: () => turn(tableView),
    p: () => turn(projector),
    d: acts.turnTheme,
    r: acts.reset,
    m: () => focus('.map [tabindex="0"]'),
    u: () => focus("#users-rate"),
    Escape: () => select(null),
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches(
      "input:not([type=range]):not([type=radio]):not([type=checkbox]), select, textarea",
    )
  );
}

/** @param {import("@preact/signals").Signal<boolean>} flag */
function flip(flag) {
  flag.value = !flag.peek();
}

/** @param {import("@preact/signals").Signal<string>} preference */
function turn(preference) {
  preference.value = preference.peek() ? "" : "on";
}

/** @param {string} selector */
function focus(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement || found instanceof SVGElement) found.focus();
}
