/** Runs a virtual run again: a new lab that is given the same commands at the same moments. */

import { useSignal } from "@preact/signals";
import { askApi } from "../api.js";
import { errorWords } from "../error_words.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";

/** @param {{run: import("./words.js").Run, isPrimary?: boolean}} props */
export function AgainButton({ run, isPrimary = false }) {
  const busy = useSignal(false);
  const refused = useSignal("");
  const again = async () => {
    busy.value = true;
    refused.value = "";
    try {
      const lab = await askApi("POST", `/runs/${run.id}/again${keyOf(location.search)}`);
      location.assign(lab.page);
    } catch (error) {
      refused.value = errorWords(/** @type {import("../types.js").CommandError} */ (error));
      busy.value = false;
    }
  };
  const isLive = run.body === "live";
  return html`<span class="again">
    <button
      type="button"
      class=${isPrimary ? "button button-primary" : "button"}
      disabled=${isLive || busy.value}
      title=${isLive ? LIVE : "A new lab in virtual time, given the same commands at the same moments"}
      onClick=${again}
    >
      <${Icon} name="reset" /><span class="button-word button-word-kept">${busy.value ? "Starting…" : "Run again"}</span>
    </button>
    ${refused.value && html`<span class="again-refused" role="alert">${refused.value}</span>`}
  </span>`;
}

const LIVE = "A live run cannot be run again: real processes never do the same twice";

/** @param {string} search of this page's address */
function keyOf(search) {
  const key = new URLSearchParams(search).get("key");
  return key ? `?key=${encodeURIComponent(key)}` : "";
}
