/** Whether a virtual run comes out the same to the byte when it is played again. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { askApi } from "../api.js";
import { clockWords } from "../clock_words.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";

const LOOK_EVERY_MS = 600;

/** @param {{run: import("@preact/signals").Signal<import("./open.js").OpenedRun>}} props */
export function Proof({ run }) {
  const refused = useSignal("");
  const { id, mine, proof, to_t } = run.value;
  const path = `/runs/${id}`;
  const isUnderWay = proof !== null && proof.verdict === null;
  /** @param {string} method @param {string} address */
  const ask = async (method, address) => {
    try {
      const { proof: known } = await askApi(method, address);
      run.value = { ...run.peek(), proof: known };
      refused.value = "";
    } catch (error) {
      refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
    }
  };
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const timer = setInterval(() => ask("GET", path), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isUnderWay]);
  return html`
    <h3 class="section-title">Does it come out again?</h3>
    <div class="run-proof" role="status">
      ${isUnderWay ? html`<${Progress} t=${proof.t} to_t=${to_t} />` : html`<${Outcome} verdict=${proof?.verdict ?? null} />`}
    </div>
    ${
      mine &&
      !isUnderWay &&
      html`<button type="button" class="button" onClick=${() => ask("POST", `${path}/verify`)}>
        ${proof ? "Play it again and compare" : "Verify"}
      </button>`
    }
    ${refused.value && html`<p class="error-words" role="alert">${refused.value}</p>`}
  `;
}

/** @param {{t: number, to_t: number}} props */
function Progress({ t, to_t }) {
  return html`<p>Playing it again: <span class="tabular">${clockWords(t)}</span> of ${clockWords(to_t)}</p>
    <progress max=${to_t} value=${t} aria-label="Played again"></progress>`;
}

/** @param {{verdict: import("./words.js").Verdict | null}} props */
function Outcome({ verdict }) {
  if (verdict === null) {
    return html`<p class="quiet">The same scenario, seed and commands must give the same events and frames.</p>`;
  }
  if (verdict.failed) {
    return html`<p class="run-differs"><b>It could not be played again:</b> ${verdict.failed}.</p>`;
  }
  if (verdict.is_same) {
    return html`<p class="run-same"><b>The same to the byte.</b> ${verdict.compared.toLocaleString()} events and frames were compared.</p>`;
  }
  const { t, recorded, played } = verdict.difference ?? { t: 0, recorded: "", played: "" };
  return html`<p class="run-differs"><b>It first differs at ${clockWords(t, 1)}.</b></p>
    <dl class="run-difference">
      <dt>recorded</dt><dd><code>${recorded || "nothing more"}</code></dd>
      <dt>played again</dt><dd><code>${played || "nothing more"}</code></dd>
    </dl>`;
}
