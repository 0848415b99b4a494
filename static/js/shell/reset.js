/** Back to the scenario as authored. It asks only when something would be lost. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { sendOrSay } from "../send_or_say.js";
import { state } from "../store.js";

const asking = signal(false);

/** Resets, or asks first. */
export function reset() {
  if (asking.peek()) return;
  if (losses(state.peek()).length > 0) asking.value = true;
  else sendOrSay("reset");
}

/** @param {{words?: string}} props */
export function ResetButton({ words = "Reset" }) {
  return html`<button type="button" class="button" onClick=${reset} title="Back to the scenario as authored (R)">
    <${Icon} name="reset" /><span class="button-word">${words}</span>
  </button>`;
}

export function ResetQuestion() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const open = asking.value;
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current?.close();
  }, [open]);
  const close = () => {
    asking.value = false;
  };
  return html`<dialog class="question" ref=${dialog} aria-labelledby="reset-title" onClose=${close}>
    <h2 id="reset-title">Reset the lab?</h2>
    <p>This would undo:</p>
    <ul class="losses">
      ${losses(state.value).map((loss) => html`<li key=${loss}>${loss}</li>`)}
    </ul>
    <div class="question-buttons">
      <button type="button" class="button" onClick=${close}>Keep it</button>
      <button
        type="button"
        class="button button-primary"
        onClick=${() => {
          close();
          sendOrSay("reset");
        }}
      >
        Reset
      </button>
    </div>
  </dialog>`;
}

/**
 * @param {import("../types.js").State | null} shown
 * @returns {string[]} what a learner has built up, in words
 */
function losses(shown) {
  if (!shown) return [];
  const faults = shown.faults.map((fault) => `the fault “${fault.title}” on ${fault.target}`);
  const chains = shown.dependencies
    .filter((one) => JSON.stringify(one.chain) !== JSON.stringify(one.authored))
    .map((one) => `your chain on ${one.caller} → ${one.callee}`);
  return [...faults, ...chains];
}
