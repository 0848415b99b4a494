/** Over the picture while it is not now: nobody may take the past for the present. */

import { clockWords } from "../clock_words.js";
import { html } from "../html.js";

/** @param {{lab: import("../lab.js").Lab}} props */
export function PastSign({ lab }) {
  const past = lab.past.value;
  if (!past) return null;
  const isVirtual = lab.isVirtual.value;
  const now = clockWords(lab.edge.value);
  return html`<p class="past-sign">
    <span>You are looking at <b class="tabular">${clockWords(past.t, 1)}</b></span>
    <span class="past-now">now is <b class="tabular">${now}</b>${isVirtual ? "" : ", and runs on"}</span>
  </p>`;
}
