/** The page of a kept run: the lab's page as it was, with what the run is where one would steer. */

import { useEffect, useErrorBoundary } from "preact/hooks";
import { Charts } from "../charts/charts.js";
import { html } from "../html.js";
import { HelpSheet } from "../inspector/help.js";
import { Inspector } from "../inspector/inspector.js";
import { TableView } from "../inspector/table.js";
import { Topology } from "../map/map.js";
import { narrow } from "../narrow.js";
import { ServiceList } from "../phone/service_list.js";
import { PlaybackBar } from "../playback/bar.js";
import { activityFolded, tableView } from "../preferences.js";
import { Activity, activityWide } from "../shell/activity.js";
import { Notices } from "../shell/notices.js";
import { helpOpen, obey, pageKeys } from "../shell/shortcuts.js";
import { turnTheme } from "../shell/tools.js";
import { WindowChoice } from "../shell/window_choice.js";
import { select, selection } from "../store.js";
import { Announcer } from "../timeline/log.js";
import { Timeline } from "../timeline/timeline.js";
import { About } from "./about.js";
import { RunTopBar } from "./top_bar.js";

/** @type {import("../shell/shortcuts.js").Group[]} */
const SHORTCUTS = [
  {
    title: "Time",
    keys: [
      ["Space", "play, pause"],
      [".", "on to the next event"],
      [",", "on by a tenth of a second"],
      ["< >", "slower, faster"],
      ["S", "to the moment's slider"],
      ["← →", "on it: a second back, a second on"],
      ["Home End", "to the beginning, to the end"],
    ],
  },
  {
    title: "The page",
    keys: [
      ["?", "this sheet"],
      ["T", "everything as tables"],
      ["P", "projector"],
      ["D", "dark or light"],
      ["M", "to the map"],
      ["Esc", "select nothing"],
    ],
  },
];

/**
 * @param {{
 *   run: import("@preact/signals").Signal<import("./open.js").OpenedRun>,
 *   player: import("./player.js").Player, exportPath: string,
 * }} props
 */
export function RunPage({ run, player, exportPath }) {
  const [broken] = useErrorBoundary();
  useEffect(() => obey({ ...pageKeys(turnTheme), ...timeKeys(player) }), [player]);
  if (broken) return html`<${Damaged} />`;
  const about = html`<${About} run=${run} player=${player} />`;
  return html`
    <div
      class="lab run-page"
      data-connection="live"
      data-selected=${selection.value ? "" : null}
      data-wide=${activityWide.value ? "" : null}
      data-folded=${activityFolded.value ? "" : null}
    >
      <${RunTopBar} run=${run.value} exportPath=${exportPath} />
      <main class="stage"><${Picture} /></main>
      <section class="strip" aria-label="Over time">
        <${Charts} />
        <${Timeline} />
        <${WindowChoice} />
      </section>
      <${Side} about=${about} />
      <${Activity} />
      ${narrow.value && html`<section class="run-below" aria-label="About this run">${about}</section>`}
      <${Bar} player=${player} />
    </div>
    <${Notices} />
    <${Announcer} />
    <${HelpSheet}
      isOpen=${helpOpen.value}
      onClose=${() => {
        helpOpen.value = false;
      }}
      groups=${SHORTCUTS}
    />
  `;
}

/** @param {{player: import("./player.js").Player}} props */
function Bar({ player }) {
  const { speed, paused } = player.pace.value;
  return html`<${PlaybackBar}
    from_t=${player.from_t}
    to_t=${player.to_t}
    t=${player.t.value}
    speed=${speed}
    paused=${paused}
    reached=${null}
    events=${player.lab.story.value}
    busy=${player.wanted_t.value !== null}
    onSeek=${(/** @type {number} */ t) => player.seek(t)}
    onPace=${(/** @type {import("./player.js").Pace} */ pace) => player.setPace(pace)}
    onToggle=${() => player.toggle()}
    onStep=${() => player.step("frame")}
    onEvent=${() => player.step("event")}
  />`;
}

function Picture() {
  if (tableView.value) return html`<${TableView} />`;
  return narrow.value ? html`<${ServiceList} />` : html`<${Topology} />`;
}

/** The inspector of what is selected; what the run is while nothing is. @param {{about: any}} props */
function Side({ about }) {
  const open = selection.value !== null;
  if (!narrow.value) {
    return html`<aside class="side">${open ? html`<${Inspector} />` : about}</aside>`;
  }
  return html`<aside class="side sheet" data-open=${open ? "" : null} inert=${!open}>
    <button type="button" class="sheet-handle" aria-label="Close" onClick=${() => select(null)}><i></i></button>
    ${open && html`<${Inspector} />`}
  </aside>`;
}

function Damaged() {
  return html`<main class="waiting">
    <h1 class="waiting-title">This record cannot be drawn</h1>
    <p>Something in it is not as a lab tells it. It may have been changed by hand, or by another program.</p>
    <p><a class="button" href="/runs/">All runs</a></p>
  </main>`;
}

/**
 * @param {import("./player.js").Player} player
 * @returns {Record<string, () => unknown>}
 */
function timeKeys(player) {
  return {
    " ": () => player.toggle(),
    ".": () => player.step("event"),
    ",": () => player.step("frame"),
    "<": () => player.shift(-1),
    ">": () => player.shift(1),
    Home: () => player.seek(player.from_t),
    End: () => player.seek(player.to_t),
    Escape: () => select(null),
  };
}
