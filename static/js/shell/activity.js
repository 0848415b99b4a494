/** Beside the curves: the events in words, and the requests that were kept. */

import { signal } from "@preact/signals";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { RequestList } from "../inspector/requests.js";
import { Tabs } from "../inspector/tabs.js";
import { activityFolded, activityTab } from "../preferences.js";
import { EventLog } from "../timeline/log.js";

const TABS = [
  { name: "events", title: "Events" },
  { name: "requests", title: "Requests" },
];

/** Whether it lies over the curves, for reading. */
export const activityWide = signal(false);

export function Activity() {
  const chosen = activityTab.value === "requests" ? "requests" : "events";
  const wide = activityWide.value;
  return html`<section class="activity" aria-label="Events and requests">
    <${Tabs}
      prefix="activity"
      label="Events and requests"
      tabs=${TABS}
      chosen=${chosen}
      onChoose=${(/** @type {string} */ name) => {
        activityTab.value = name;
        activityFolded.value = "";
      }}
    >
      ${chosen === "requests" ? html`<${RequestList} />` : html`<${EventLog} />`}
    <//>
    <button
      type="button"
      class="button button-quiet button-icon fold"
      aria-expanded=${activityFolded.value ? "false" : "true"}
      aria-label="Events and requests"
      title=${activityFolded.value ? "Show events and requests" : "Fold away, to give the inspector room"}
      onClick=${() => {
        activityFolded.value = activityFolded.value ? "" : "on";
        activityWide.value = false;
      }}
    >
      <${Icon} name="down" />
    </button>
    <button
      type="button"
      class="button button-quiet button-icon widen"
      aria-pressed=${wide ? "true" : "false"}
      aria-label="Wide"
      title=${wide ? "Back beside the curves" : "Over the curves, for reading"}
      onClick=${() => {
        activityWide.value = !wide;
        activityFolded.value = "";
      }}
    >
      <${Icon} name="widen" />
    </button>
  </section>`;
}
