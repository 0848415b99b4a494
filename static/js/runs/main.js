/** Starts the page of a kept run. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { readCatalogue } from "../catalogue.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { shown } from "../store.js";
import { openRun, readRun } from "./open.js";
import { RunPage } from "./page.js";

/** @type {{path: string, key: string, catalogue: string}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
const root = document.getElementById("run");

if (root) start(root);

/** @param {HTMLElement} place */
async function start(place) {
  try {
    const run = await readRun(boot.path, boot.key);
    const { lab, player } = await openRun(run, boot.path, boot.key);
    shown.value = lab;
    place.replaceChildren();
    const key = boot.key ? `?key=${encodeURIComponent(boot.key)}` : "";
    const exportPath = `/api/v1${boot.path}/file${key}`;
    render(
      html`<${RunPage} run=${signal(run)} player=${player} exportPath=${exportPath} />`,
      place,
    );
    readCatalogue(boot.catalogue);
  } catch (error) {
    place.replaceChildren();
    render(html`<${Closed} why=${whyOf(error)} />`, place);
  }
}

/** @param {{why: string}} props */
function Closed({ why }) {
  return html`<main class="waiting">
    <h1 class="waiting-title">This run cannot be opened</h1>
    <p role="alert">${why}</p>
    <p><button type="button" class="button" onClick=${() => location.reload()}>Try again</button> <a class="button" href="/runs/">All runs</a></p>
  </main>`;
}

/** @param {any} error a CommandError, or what a damaged record made the page throw */
function whyOf(error) {
  return error?.code ? errorWords(error) : "Something in it is not as a lab tells it.";
}
