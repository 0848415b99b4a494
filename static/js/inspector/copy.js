/** Text for a terminal, with a button that copies it. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";

const THANKS_MS = 1500;

/** @param {{text: string, label: string}} props */
export function Terminal({ text, label }) {
  return html`
    <div class="terminal">
      <code tabindex="0">${text}</code>
      <${CopyButton} text=${text} label=${`Copy ${label}`} />
    </div>
  `;
}

/** @param {{text: string, label: string}} props */
export function CopyButton({ text, label }) {
  const said = useSignal("");
  const copy = async () => {
    said.value = (await copied(text)) ? "copied" : "select it and copy by hand";
    setTimeout(() => (said.value = ""), THANKS_MS);
  };
  return html`
    <button type="button" class="copy" aria-label=${label} data-done=${said.value === "copied" ? "" : null} onClick=${copy}>
      ${said.value || "copy"}
    </button>
    <span class="visually-hidden" role="status">${said.value}</span>
  `;
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} false where the browser has no clipboard for this page
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
