/** What a run is: its facts, the commands that made it, its link, and whether it comes out again. */

import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { CopyButton } from "../inspector/copy.js";
import { Proof } from "./proof.js";
import { Share } from "./share.js";
import { bodyWords, commandWords, lengthWords, sizeWords, whenWords } from "./words.js";

/**
 * @param {{
 *   run: import("@preact/signals").Signal<import("./open.js").OpenedRun>,
 *   player: import("./player.js").Player,
 * }} props
 */
export function About({ run, player }) {
  const { title, mine, head } = run.value;
  return html`<section class="run-about" aria-labelledby="about-title">
    <h2 class="inspector-title" id="about-title">${title}</h2>
    <p class="inspector-about">
      ${mine ? "A record of what happened." : "A record that was shared with you, to be looked at."}
      ${" "}Select something on the map to see it as it was at each moment.
    </p>
    <${Facts} run=${run.value} />
    ${head.is_whole === false && html`<p class="changes-why">It was very long: its beginning is not kept.</p>`}
    ${head.ended && html`<p class="changes-why">It ended before its time: ${head.ended}.</p>`}
    <${Commands} commands=${head.commands} player=${player} />
    ${run.value.body === "virtual" && html`<${Proof} run=${run} />`}
    <${Same} runs=${run.value.same_as} />
    ${mine && html`<${Share} run=${run.value} onChange=${(/** @type {object} */ changed) => (run.value = { ...run.peek(), ...changed })} />`}
  </section>`;
}

/** @param {{run: import("./open.js").OpenedRun}} props */
function Facts({ run }) {
  return html`<dl class="run-facts">
    <div><dt>Scenario</dt><dd>${run.scenario_name}</dd></div>
    <div><dt>Ran in</dt><dd>${bodyWords(run.body)}</dd></div>
    <div><dt>Length</dt><dd>${lengthWords(run.to_t - run.from_t)}</dd></div>
    <div><dt>Seed</dt><dd class="tabular">${run.head.seed}</dd></div>
    <div><dt>Kept</dt><dd>${whenWords(run.created)}, ${sizeWords(run.bytes)}</dd></div>
    <div>
      <dt title="SHA-256 of every event and frame: two runs with the same digest are the same to the byte">Digest</dt>
      <dd><code title=${run.digest}>${run.digest.slice(0, 12)}…</code> <${CopyButton} text=${run.digest} label="Copy the digest" /></dd>
    </div>
  </dl>`;
}

/**
 * @param {{
 *   commands: import("./words.js").Given[], player: import("./player.js").Player,
 * }} props
 */
function Commands({ commands, player }) {
  return html`
    <h3 class="section-title">What was done to it</h3>
    ${
      commands.length === 0
        ? html`<p class="quiet run-none">Nothing: it ran as its scenario has it.</p>`
        : html`<ol class="run-commands">
          ${commands.map(
            (given, place) => html`<li key=${place}>
              <button type="button" class="run-command" title="To this moment" onClick=${() => player.seekEffect(given.t)}>
                <time class="tabular">${clockWords(given.t, 1)}</time>
                <span>${commandWords(given)}${given.error && html` <small>refused: ${given.error}</small>`}</span>
              </button>
            </li>`,
          )}
        </ol>`
    }
  `;
}

/** Other runs of the same digest. @param {{runs: {title: string, page: string}[]}} props */
function Same({ runs }) {
  if (runs.length === 0) return null;
  return html`<p class="run-same-as">
    The very same happened in${" "}
    ${runs.map(({ title, page }, place) => html`${place > 0 && ", "}<a key=${page} href=${page}>${title}</a>`)}.
  </p>`;
}
