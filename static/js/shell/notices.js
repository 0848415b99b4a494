/** What the lab has to say in passing. Each goes by itself, or when dismissed. */

import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { dismiss, notices } from "../store.js";

const SHOWN_MS = 9_000;

export function Notices() {
  return html`<div class="notices" role="status" aria-live="polite">
    ${notices.value.map(({ id, text }) => html`<${Notice} key=${id} id=${id} text=${text} />`)}
  </div>`;
}

/** @param {{id: number, text: string}} props */
function Notice({ id, text }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return html`<p class="notice">
    <span>${text}</span>
    <button type="button" class="button button-quiet button-icon" aria-label="Dismiss" onClick=${() => dismiss(id)}>
      <${Icon} name="close" />
    </button>
  </p>`;
}
