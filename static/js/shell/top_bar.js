/** The top bar: where one is, how users fare, how many they are, and the page's own switches. */

import { html } from "../html.js";
import { SaveButton } from "../runs/save.js";
import { state } from "../store.js";
import { LiveSign } from "./live.js";
import { ResetButton } from "./reset.js";
import { Success } from "./success.js";
import { Tools } from "./tools.js";
import { TwinButton } from "./twin_button.js";
import { UsersRate } from "./users_rate.js";

/** @param {{course: string}} props */
export function TopBar({ course }) {
  const scenario = state.value?.scenario;
  return html`<header class="top-bar">
    <nav class="crumbs" aria-label="Where you are">
      <a class="brand" href="/"><${Fault} />Faultline</a>
      <span class="crumb crumb-course">${course}</span>
      <h1 class="crumb crumb-here" title=${scenario?.description ?? ""}>${scenario?.title ?? "Lab"}</h1>
      <${LiveSign} />
    </nav>
    <${Success} />
    <${UsersRate} />
    <div class="top-end">
      <${Tools} />
      <${TwinButton} />
      <${SaveButton} />
      <${ResetButton} />
    </div>
  </header>`;
}

/** The sign of the house: two halves of a disc, displaced. */
export function Fault() {
  return html`<svg class="brand-sign" viewBox="0 0 24 24" aria-hidden="true">
    <path d="M11 2.2A8.8 8.8 0 0 0 11 19.8V14l-2-3 2-3z" />
    <path class="brand-shifted" d="M13 4.2a8.8 8.8 0 0 1 0 17.6V16l2-3-2-3z" />
  </svg>`;
}
