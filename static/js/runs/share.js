/** The link by which others may look at a run. */

import { useSignal } from "@preact/signals";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { CopyButton } from "../inspector/copy.js";

/** @param {{run: import("./words.js").Run, onChange: (changed: {shared: boolean, link: string | null}) => void}} props */
export function Share({ run, onChange }) {
  const refused = useSignal("");
  /** @param {boolean} shared */
  const share = async (shared) => {
    try {
      const changed = await askApi("PATCH", `/runs/${run.id}`, { shared });
      refused.value = "";
      onChange({ shared: changed.shared, link: changed.link });
    } catch (error) {
      refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
    }
  };
  const link = run.link && new URL(run.link, location.href).href;
  return html`<div class="run-share" role="group" aria-label=${`Sharing of ${run.title}`}>
    <h3 class="section-title">Share</h3>
    ${
      link
        ? html`<p class="share-link"><code tabindex="0">${link}</code><${CopyButton} text=${link} label="Copy the link" /></p>
          <p class="quiet">Whoever has this link may look at the run and export it, and change nothing.</p>
          <button type="button" class="button" onClick=${() => share(false)}>Stop sharing</button>`
        : html`<p class="quiet">Only you can see it.</p>
          <button type="button" class="button" onClick=${() => share(true)}>Make a link</button>`
    }
    ${refused.value && html`<p class="error-words" role="alert">${refused.value}</p>`}
  </div>`;
}
