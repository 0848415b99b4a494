/** Where a run's file is chosen, or dropped. */

import { useSignal } from "@preact/signals";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { sizeWords } from "./words.js";

const MOST_BYTES = 16 * 2 ** 20;

/** @param {{onTaken: (run: import("./words.js").Run) => void}} props */
export function ImportBox({ onTaken }) {
  const reading = useSignal("");
  const refused = useSignal("");
  const over = useSignal(false);
  /** @param {File | undefined} file */
  const take = async (file) => {
    if (!file || reading.value) return;
    refused.value = tooLarge(file);
    if (refused.value) return;
    reading.value = file.name;
    try {
      onTaken(await askApi("POST", "/runs", file));
    } catch (error) {
      const words = errorWords(/** @type {import("../types.js").CommandError} */ (error));
      refused.value = `${file.name} was not imported. ${words}`;
    }
    reading.value = "";
  };
  return html`<section
    class="import"
    aria-label="Import a run"
    data-over=${over.value ? "" : null}
    onDragOver=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      over.value = true;
    }}
    onDragLeave=${() => {
      over.value = false;
    }}
    onDrop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      over.value = false;
      take(event.dataTransfer?.files[0]);
    }}
  >
    <label class="button import-button" aria-disabled=${reading.value ? "true" : null}>
      Choose a file
      <input
        class="visually-hidden"
        type="file"
        accept=".run,application/gzip"
        disabled=${reading.value !== ""}
        onChange=${(/** @type {any} */ event) => {
          take(event.target.files[0]);
          event.target.value = "";
        }}
      />
    </label>
    <p role="status">${reading.value ? `Reading ${reading.value}…` : "to import a run that was exported, or drop it here."}</p>
    ${refused.value && html`<p class="import-refused" role="alert">${refused.value}</p>`}
  </section>`;
}

/** @param {File} file @returns {string} why it is not even sent, or "" */
function tooLarge(file) {
  if (file.size <= MOST_BYTES) return "";
  return `${file.name} has ${sizeWords(file.size)}; a run has at most ${sizeWords(MOST_BYTES)}.`;
}
