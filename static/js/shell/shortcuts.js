/** One key for what is done often. Nothing fires while someone types. */

import { signal } from "@preact/signals";
import { projector, tableView } from "../preferences.js";
import { select } from "../store.js";

export const helpOpen = signal(false);

/** @typedef {{title: string, keys: [string, string][]}} Group */

/** @type {Group[]} */
const SHORTCUTS = [
  {
    title: "The page",
    keys: [
      ["?", "this sheet"],
      ["T", "everything as tables"],
      ["P", "projector"],
      ["D", "dark or light"],
      ["R", "reset"],
      ["W", "make a twin, or see it"],
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

/** @type {[string, string][]} */
const PAST_KEYS = [
  ["S", "to the moment's slider"],
  ["← →", "on it: a second back, a second on"],
  ["Shift ←", "on it: ten seconds"],
  ["Esc", "back to now"],
  ["End", "back to now"],
];

/** @type {Group} */
const LIVE_TIME = {
  title: "Time of a live lab",
  keys: [
    ["Space", "freeze the picture, replay from there"],
    ...PAST_KEYS,
    ["< >", "replay slower, faster"],
  ],
};

/** @type {Group} */
const VIRTUAL_TIME = {
  title: "Virtual time",
  keys: [
    ["Space", "play, pause"],
    [".", "on to the next event"],
    [",", "on by a tenth of a second"],
    ["< >", "slower, faster"],
    ...PAST_KEYS,
    ["B", "in the past: branch from here"],
  ],
};

/**
 * @param {import("../lab.js").Lab} lab
 * @param {Group[]} [more]
 * @returns {Group[]} what the keyboard sheet lists for this lab
 */
export function sheet(lab, more = []) {
  const time = lab.isVirtual.value ? VIRTUAL_TIME : LIVE_TIME;
  return [SHORTCUTS[0], time, ...more, ...SHORTCUTS.slice(1)];
}

/**
 * @param {{
 *   reset: () => void, turnTheme: () => void, steering: import("../playback/steering.js").Steering,
 *   more?: Record<string, () => void>,
 * }} acts more: keys of this page only
 * @returns {() => void} to stop listening
 */
export function listen({ reset, turnTheme, steering, more = {} }) {
  return obey({
    ...pageKeys(turnTheme),
    r: reset,
    u: () => focus("#users-rate"),
    ...timeKeys(steering),
    ...more,
  });
}

/**
 * @param {() => void} turnTheme
 * @returns {Record<string, () => void>} the keys of every page with a map
 */
export function pageKeys(turnTheme) {
  return {
    "?": () => flip(helpOpen),
    t: () => turn(tableView),
    p: () => turn(projector),
    d: turnTheme,
    m: () => focus('.map [tabindex="0"]'),
    s: () => focus("#scrub"),
  };
}

/**
 * @param {Readonly<Record<string, () => unknown>>} keys
 * @returns {() => void} to stop listening
 */
export function obey(keys) {
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && isPressable(event.target)) return;
    const act = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

/**
 * @param {import("../playback/steering.js").Steering} steering
 * @returns {Record<string, () => void>}
 */
function timeKeys(steering) {
  const isPast = () => steering.lab.past.peek() !== null;
  return {
    " ": () => steering.toggle(),
    ".": () => steering.step("event"),
    ",": () => steering.step("frame"),
    "<": () => steering.shift(-1),
    ">": () => steering.shift(1),
    b: () => isPast() && steering.lab.isVirtual.peek() && steering.branch(),
    End: () => isPast() && steering.toNow(),
    Escape: () => (isPast() ? steering.toNow() : select(null)),
  };
}

/** @param {EventTarget | null} target */
function isPressable(target) {
  return target instanceof Element && target.closest("button, a, summary, input, [role=button]");
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
