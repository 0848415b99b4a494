/** The lab's page: the map, the curves under it, the inspector beside it. */

import { useEffect, useMemo } from "preact/hooks";
import { Charts } from "../charts/charts.js";
import { html } from "../html.js";
import { HelpSheet } from "../inspector/help.js";
import { Inspector } from "../inspector/inspector.js";
import { TableView } from "../inspector/table.js";
import { Topology } from "../map/map.js";
import { narrow } from "../narrow.js";
import { ServiceList } from "../phone/service_list.js";
import { LabBar } from "../playback/lab_bar.js";
import { PastSign } from "../playback/past_sign.js";
import { Steering } from "../playback/steering.js";
import { activityFolded, tableView } from "../preferences.js";
import { connection, select, selection, state } from "../store.js";
import { Announcer } from "../timeline/log.js";
import { Timeline } from "../timeline/timeline.js";
import { Activity, activityWide } from "./activity.js";
import { CoachMark } from "./coach.js";
import { Banner } from "./live.js";
import { Notices } from "./notices.js";
import { ResetQuestion, reset } from "./reset.js";
import { helpOpen, listen, sheet } from "./shortcuts.js";
import { turnTheme } from "./tools.js";
import { TopBar } from "./top_bar.js";
import { TwinQuestion, twin } from "./twin_button.js";
import { WindowChoice } from "./window_choice.js";

/** @param {{course: string, lab: import("../lab.js").Lab}} props */
export function Page({ course, lab }) {
  const steering = useMemo(() => new Steering(lab), [lab]);
  useEffect(() => listen({ reset, turnTheme, steering, more: { w: twin } }), [steering]);
  return html`
    <div
      class="lab"
      data-connection=${connection.value.status}
      data-past=${lab.isPast.value ? "" : null}
      data-selected=${selection.value ? "" : null}
      data-wide=${activityWide.value ? "" : null}
      data-folded=${activityFolded.value ? "" : null}
    >
      <${TopBar} course=${course} />
      <main class="stage">
        <${Banner} />
        <${Picture} />
        <${PastSign} lab=${lab} />
      </main>
      <section class="strip" aria-label="Over time">
        <${Charts} />
        <${Timeline} />
        <${WindowChoice} />
        <${CoachMark} place="map" />
        <${CoachMark} place="strip" />
      </section>
      <${Side} />
      <${Activity} />
      <${LabBar} steering=${steering} />
    </div>
    <${CoachMark} place="keys" />
    <${Notices} />
    <${Announcer} />
    <${ResetQuestion} />
    <${TwinQuestion} />
    <${HelpSheet}
      isOpen=${helpOpen.value}
      onClose=${() => {
        helpOpen.value = false;
      }}
      groups=${sheet(lab)}
    />
  `;
}

/** The map, or what stands for it: tables, a list on a phone, words while nothing is known. */
function Picture() {
  if (!state.value) return html`<${Waiting} />`;
  if (tableView.value) return html`<${TableView} />`;
  return narrow.value ? html`<${ServiceList} />` : html`<${Topology} />`;
}

function Waiting() {
  const { status } = connection.value;
  if (status === "closed") return null;
  return html`<div class="waiting">
    <p class="waiting-title">${status === "live" ? "The lab is starting" : "Connecting to the lab"}</p>
    <p>Its processes are being started. The picture appears as soon as the first one answers.</p>
  </div>`;
}

/** The inspector: a column beside the map, or a sheet from below on a phone. */
function Side() {
  const open = selection.value !== null;
  if (!narrow.value) return html`<aside class="side"><${Inspector} /></aside>`;
  return html`<aside class="side sheet" data-open=${open ? "" : null} inert=${!open}>
    <button type="button" class="sheet-handle" aria-label="Close" onClick=${() => select(null)}><i></i></button>
    <${Inspector} />
  </aside>`;
}
