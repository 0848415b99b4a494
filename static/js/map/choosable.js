/** What everything on the map has in common: it can be reached, chosen, and says its state. */

import { select, selection, shown } from "../store.js";
import { useLab } from "./lab_context.js";

/**
 * @param {import("../types.js").SelectionKind} kind
 * @param {string} name
 * @param {string} label its name and state in words
 * @returns {Record<string, unknown>} attributes
 */
export function useChoosable(kind, name, label) {
  const lab = useLab();
  const choose = () => select(kind, name, lab);
  return {
    "data-stop": "",
    "data-kind": kind,
    "data-name": name,
    role: "button",
    tabindex: "-1",
    "aria-label": label,
    "aria-pressed": isChosen(kind, name, lab) ? "true" : "false",
    onClick: choose,
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    },
  };
}

/**
 * @param {import("../types.js").SelectionKind} kind
 * @param {string} name
 * @param {import("../lab.js").Lab} lab
 */
function isChosen(kind, name, lab) {
  const chosen = selection.value;
  return chosen?.kind === kind && chosen.name === name && shown.value === lab;
}
