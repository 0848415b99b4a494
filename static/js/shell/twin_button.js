/** Makes a second lab like this one and shows both side by side; asks first what shall differ. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { askApi } from "../api.js";
import { patternTitle } from "../catalogue.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { shown, state } from "../store.js";
import { singleChanges } from "./single_changes.js";

const asking = signal(false);
const making = signal(false);
const refused = signal("");

/** Asks; or, where there is a twin already, goes to see it. */
export function twin() {
  const lab = shown.peek();
  if (lab.present.peek()?.twin) location.assign(`/labs/${lab.id}/twins/`);
  else asking.value = true;
}

export function TwinButton() {
  const has = Boolean(shown.value.present.value?.twin);
  return html`<button
    type="button"
    class="button"
    title=${has ? "This lab and its twin side by side (W)" : "A second lab like this one, side by side (W)"}
    onClick=${twin}
  >
    <${Icon} name="twins" /><span class="button-word button-word-kept">${has ? "See the twin" : "Make a twin"}</span>
  </button>`;
}

export function TwinQuestion() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const open = asking.value;
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current?.close();
  }, [open]);
  const close = () => {
    asking.value = false;
    refused.value = "";
  };
  return html`<dialog class="question twin-question" ref=${dialog} aria-labelledby="twin-title" onClose=${close}>
    ${open && html`<${Form} onClose=${close} />`}
  </dialog>`;
}

/** @param {{onClose: () => void}} props */
function Form({ onClose }) {
  const changes = singleChanges(state.value, patternTitle);
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const chosen = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("change");
    make(changes.find((one) => one.words === chosen)?.command);
  };
  return html`<form onSubmit=${submit}>
    <h2 id="twin-title">Make a twin?</h2>
    <p>
      A second lab, B, begins with the same scenario, the same seed and all that you did so far. Both
      are shown side by side${shown.value.isVirtual.value ? ", in one time" : ""}. One thing should
      differ, so that you know what made the difference.
    </p>
    <label class="twin-choice">
      <span>In B</span>
      <select class="select" name="change">
        <option value="">nothing yet: I change it myself</option>
        ${changes.map(({ words }) => html`<option key=${words} value=${words}>${words}</option>`)}
      </select>
    </label>
    ${refused.value && html`<p class="twin-refused" role="alert">${refused}</p>`}
    <div class="question-buttons">
      <button type="button" class="button" onClick=${onClose}>Not now</button>
      <button type="submit" class="button button-primary" disabled=${making.value}>
        ${making.value ? "Making it…" : "Make the twin"}
      </button>
    </div>
  </form>`;
}

/** @param {import("../types.js").Command | undefined} change */
async function make(change) {
  const { id } = shown.peek();
  making.value = true;
  refused.value = "";
  try {
    await askApi("POST", `/labs/${id}/twin`, change ? { change } : {});
    location.assign(`/labs/${id}/twins/`);
  } catch (error) {
    refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
  }
  making.value = false;
}
