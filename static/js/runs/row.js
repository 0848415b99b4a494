/** One run of the list, and what can be done with it. */

import { useSignal } from "@preact/signals";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { AgainButton } from "./again.js";
import { Share } from "./share.js";
import { bodyWords, lengthWords, sizeWords, whenWords } from "./words.js";

/**
 * @typedef {import("./words.js").Run} Run
 * @param {{run: Run, onChange: (run: Run) => void, onDelete: (run: Run) => void}} props
 */
export function RunRow({ run, onChange, onDelete }) {
  const opened = useSignal(/** @type {"" | "share" | "delete"} */ (""));
  /** @param {"share" | "delete"} what */
  const turn = (what) => {
    opened.value = opened.value === what ? "" : what;
  };
  return html`<li class="run" data-body=${run.body}>
    <div class="run-words">
      <h2><a href=${run.page}>${run.title}</a></h2>
      <p class="run-about-line">
        <span>${run.scenario_name}</span><span>${bodyWords(run.body)}</span>
        <span>${lengthWords(run.to_t - run.from_t)}</span>
        <span><time datetime=${run.created}>${whenWords(run.created)}</time></span>
        <span>${sizeWords(run.bytes)}</span>
        ${run.shared && html`<span class="run-shared">shared</span>`}
      </p>
    </div>
    <div class="run-acts" role="group" aria-label=${`What can be done with ${run.title}`}>
      <a class="button button-primary" href=${run.page}>Open</a>
      <button type="button" class="button" aria-expanded=${opened.value === "share" ? "true" : "false"} onClick=${() => turn("share")}>Share</button>
      <a class="button" href=${`/api/v1/runs/${run.id}/file`} download>Export</a>
      <${AgainButton} run=${run} />
      <button type="button" class="button button-quiet" aria-expanded=${opened.value === "delete" ? "true" : "false"} onClick=${() => turn("delete")}>Delete</button>
    </div>
    ${
      opened.value === "share" &&
      html`<div class="run-more"><${Share} run=${run} onChange=${(/** @type {object} */ changed) => onChange({ ...run, ...changed })} /></div>`
    }
    ${opened.value === "delete" && html`<${Delete} run=${run} onDelete=${onDelete} onKeep=${() => turn("delete")} />`}
  </li>`;
}

/** @param {{run: Run, onDelete: (run: Run) => void, onKeep: () => void}} props */
function Delete({ run, onDelete, onKeep }) {
  const refused = useSignal("");
  const act = async () => {
    try {
      await askApi("DELETE", `/runs/${run.id}`);
      onDelete(run);
    } catch (error) {
      refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
    }
  };
  return html`<div class="run-more run-delete" role="group" aria-label=${`Delete ${run.title}`}>
    <p>Delete this run for good? Its link then leads nowhere; an exported file stays as it is.</p>
    <button type="button" class="button" onClick=${onKeep}>Keep it</button>
    <button type="button" class="button button-primary" onClick=${act}>Delete for good</button>
    ${refused.value && html`<p class="error-words" role="alert">${refused.value}</p>`}
  </div>`;
}
