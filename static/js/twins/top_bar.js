/** The top bar of the twins' page. */

import { html } from "../html.js";
import { LiveSign } from "../shell/live.js";
import { ResetButton } from "../shell/reset.js";
import { Tools } from "../shell/tools.js";
import { Fault } from "../shell/top_bar.js";
import { UsersRate } from "../shell/users_rate.js";

/** @param {{pair: import("./pair.js").Pair}} props */
export function TwinsBar({ pair }) {
  const scenario = (pair.a.state.value ?? pair.b.state.value)?.scenario;
  const letter = pair.chosen.value.toUpperCase();
  return html`<header class="top-bar">
    <nav class="crumbs" aria-label="Where you are">
      <a class="brand" href="/"><${Fault} />Faultline</a>
      <a class="crumb crumb-lab" href=${`/labs/${pair.a.id}/`}>${scenario?.title ?? "Lab"}</a>
      <h1 class="crumb crumb-here">Twins</h1>
      <${LiveSign} />
    </nav>
    <${UsersRate} key=${letter} label=${`Users of ${letter}`} />
    <div class="top-end">
      <${Tools} />
      <${ResetButton} words=${`Reset ${letter}`} />
    </div>
  </header>`;
}
