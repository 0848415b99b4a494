/** The list of one's own runs, and where a file becomes one. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { ImportBox } from "./import_box.js";
import { RunRow } from "./row.js";

/** @typedef {import("./words.js").Run} Run */

const runs = signal(/** @type {Run[] | null} */ (null));
const broken = signal("");
/** What was done last, for those who hear it. */
const said = signal("");

const root = document.getElementById("runs");
if (root) {
  root.replaceChildren();
  render(html`<${List} />`, root);
  read();
}

async function read() {
  broken.value = "";
  try {
    runs.value = (await askApi("GET", "/runs")).runs;
  } catch (error) {
    broken.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
  }
}

function List() {
  return html`
    <div class="runs-head">
      <h1>Runs</h1>
      <p class="runs-lede">
        What your labs went through, kept: play it back, share it by a link, take it along as a file.
      </p>
    </div>
    <${ImportBox} onTaken=${take} />
    <${Rows} />
    <p class="visually-hidden" role="status">${said.value}</p>
  `;
}

function Rows() {
  if (broken.value) {
    return html`<div class="runs-empty" role="alert">
      <h2>The list could not be read</h2>
      <p>${broken.value}</p>
      <button type="button" class="button" onClick=${read}>Try again</button>
    </div>`;
  }
  if (runs.value === null)
    return html`<p class="runs-empty" role="status">Looking for your runs…</p>`;
  if (runs.value.length === 0) {
    return html`<div class="runs-empty">
      <h2>No run is kept yet</h2>
      <p>Open a lab, break something, and choose <b>Save run</b> at the top: everything from its start to that moment is kept here.</p>
      <a class="button button-primary" href="/lab/">Open the lab</a>
    </div>`;
  }
  return html`<ul class="run-list" aria-label="Your runs, the newest first">
    ${runs.value.map((run) => html`<${RunRow} key=${run.id} run=${run} onChange=${change} onDelete=${drop} />`)}
  </ul>`;
}

/** @param {Run} run that was taken in */
function take(run) {
  runs.value = [run, ...(runs.peek() ?? [])];
  said.value = `${run.title} was imported.`;
}

/** @param {Run} run as it is now */
function change(run) {
  runs.value = (runs.peek() ?? []).map((one) => (one.id === run.id ? run : one));
}

/** @param {Run} run that is no more */
function drop(run) {
  runs.value = (runs.peek() ?? []).filter((one) => one.id !== run.id);
  said.value = `${run.title} was deleted.`;
}
