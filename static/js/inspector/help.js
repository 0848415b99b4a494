/** The keyboard sheet: every shortcut of the page, one key away. */

import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/**
 * @typedef {{title: string, keys: [keys: string, does: string][]}} ShortcutGroup
 *   keys: "Alt ↑" is two keys pressed together, "1 – 4" is a range
 */

/** What the inspector, the request list and the tables answer to. */
/** @type {ShortcutGroup[]} */
const OWN = [
  {
    title: "Inspector",
    keys: [
      ["← →", "another tab"],
      ["Alt ↑", "move a pattern outwards"],
      ["Alt ↓", "move a pattern inwards"],
      ["↑ ↓", "a bit more, a bit less in a number"],
      ["Esc", "let go of what is dragged"],
    ],
  },
  {
    title: "Requests",
    keys: [
      ["↑ ↓", "walk the list, or the steps of one"],
      ["Enter", "open the request"],
    ],
  },
];

/**
 * @param {{isOpen: boolean, onClose: () => void, groups?: ShortcutGroup[]}} props
 *   groups: those of the rest of the page, shown first
 */
export function HelpSheet({ isOpen, onClose, groups = [] }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen && dialog.current?.open) dialog.current?.close();
  }, [isOpen]);
  /** @param {MouseEvent} event */
  const dismiss = (event) => {
    if (event.target === dialog.current) onClose();
  };
  return html`
    <dialog class="help" ref=${dialog} aria-labelledby="help-title" onClose=${onClose} onClick=${dismiss}>
      <div class="help-sheet">
        <header class="help-head">
          <h2 id="help-title">Keyboard</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>
        </header>
        <div class="help-groups">
          ${[...groups, ...OWN].map((group) => html`<${Group} key=${group.title} group=${group} />`)}
        </div>
      </div>
    </dialog>
  `;
}

/** @param {{group: ShortcutGroup}} props */
function Group({ group }) {
  return html`
    <section>
      <h3 class="section-title">${group.title}</h3>
      <dl class="help-keys">
        ${group.keys.map(
          ([keys, does]) => html`<div key=${keys + does}>
            <dt>${keys.split(" ").map((key) => (key === "–" ? "–" : html`<kbd>${key}</kbd>`))}</dt>
            <dd>${does}</dd>
          </div>`,
        )}
      </dl>
    </section>
  `;
}
