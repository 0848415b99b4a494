/** Keeps what the lab went through as a run: asks what to call it, then leads to it. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { shown } from "../store.js";

const MOST_LETTERS = 200;

export function SaveButton() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const asked = useSignal(0);
  return html`
    <button
      type="button"
      class="button"
      title="Keep everything from the start until now, to play back, share and export"
      onClick=${() => {
        asked.value += 1;
        dialog.current?.showModal();
      }}
    >
      <${Icon} name="save" /><span class="button-word">Save run</span>
    </button>
    <dialog class="question" ref=${dialog} aria-labelledby="save-title">
      <${Question} key=${asked.value} lab=${shown.value} onClose=${() => dialog.current?.close()} />
    </dialog>
  `;
}

/** @param {{lab: import("../lab.js").Lab, onClose: () => void}} props */
function Question({ lab, onClose }) {
  const saved = useSignal(/** @type {import("./words.js").Run | null} */ (null));
  const busy = useSignal(false);
  const refused = useSignal("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {SubmitEvent} event */
  const save = async (event) => {
    event.preventDefault();
    busy.value = true;
    refused.value = "";
    try {
      saved.value = await askApi("POST", `/labs/${lab.id}/run`, { title: field.current?.value });
    } catch (error) {
      refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
    }
    busy.value = false;
  };
  if (saved.value) {
    const again = () => {
      saved.value = null;
      onClose();
    };
    return html`<${Saved} run=${saved.value} onClose=${again} />`;
  }
  return html`<form class="save-form" onSubmit=${save}>
    <h2 id="save-title">Save this run</h2>
    <p>Everything from the start of this lab until now is kept: frames, events, requests, and what you did.</p>
    <label class="save-field">
      Title
      <input ref=${field} class="text-input" name="title" required maxlength=${MOST_LETTERS} pattern=".*\\S.*" autocomplete="off" value=${titleFor(lab)} />
    </label>
    ${refused.value && html`<p class="error-words" role="alert">${refused.value}</p>`}
    <div class="question-buttons">
      <button type="button" class="button" onClick=${onClose}>Cancel</button>
      <button type="submit" class="button button-primary" disabled=${busy.value}>${busy.value ? "Saving…" : "Save"}</button>
    </div>
  </form>`;
}

/** @param {{run: import("./words.js").Run, onClose: () => void}} props */
function Saved({ run, onClose }) {
  const link = useRef(/** @type {HTMLAnchorElement | null} */ (null));
  useEffect(() => link.current?.focus(), []);
  return html`
    <h2 id="save-title">Saved</h2>
    <p role="status">“${run.title}” is kept with your runs. The lab runs on.</p>
    <div class="question-buttons">
      <button type="button" class="button" onClick=${onClose}>Stay here</button>
      <a class="button button-primary" ref=${link} href=${run.page}>Open the run</a>
    </div>
  `;
}

/** @param {import("../lab.js").Lab} lab */
function titleFor(lab) {
  const { scenario, faults } = lab.present.peek() ?? { scenario: null, faults: [] };
  const fault = faults[0];
  const name = scenario?.title ?? "A run";
  return fault ? `${name}: ${fault.title.toLowerCase()} ${fault.target}` : name;
}
