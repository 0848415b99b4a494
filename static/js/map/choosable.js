/** What everything on the map has in common: it can be reached, chosen, and says its state. */

import { select, selection } from "../store.js";

/**
 * @param {import("../types.js").SelectionKind} kind
 * @param {string} name
 * @param {string} label its name and state in words
 * @returns {Record<string, unknown>} attributes
 */
export function choosable(kind, name, label) {
  return {
    "data-stop": "",
    "data-kind": kind,
    "data-name": name,
    role: "button",
    tabindex: "-1",
    "aria-label": label,
    "aria-pressed": isChosen(kind, name) ? "true" : "false",
    onClick: () => select(kind, name),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(kind, name);
    },
  };
}

/**
 * @param {import("../types.js").SelectionKind} kind
 * @param {string} name
 */
export function isChosen(kind, name) {
  const chosen = selection.value;
  return chosen?.kind === kind && chosen.name === name;
}
