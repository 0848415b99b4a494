/** Around controls that change the lab: of a record they are shown, but cannot be used. */

import { html } from "../html.js";
import { shown } from "../store.js";

/** @param {{children?: any}} props */
export function Changes({ children }) {
  const why = shown.value.fixed;
  if (!why) return children;
  return html`<p class="changes-why">${why[0].toUpperCase()}${why.slice(1)}.</p>
    <fieldset class="changes" disabled>${children}</fieldset>`;
}
