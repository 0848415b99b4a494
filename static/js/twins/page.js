/** The twins' page: two labs side by side in one time, and the difference below. */

import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { HelpSheet } from "../inspector/help.js";
import { Inspector } from "../inspector/inspector.js";
import { narrow } from "../narrow.js";
import { LabBar } from "../playback/lab_bar.js";
import { PastSign } from "../playback/past_sign.js";
import { Banner } from "../shell/live.js";
import { Notices } from "../shell/notices.js";
import { ResetQuestion, reset } from "../shell/reset.js";
import { helpOpen, listen, sheet } from "../shell/shortcuts.js";
import { turnTheme } from "../shell/tools.js";
import { WindowChoice } from "../shell/window_choice.js";
import { select, selection } from "../store.js";
import { Announcer } from "../timeline/log.js";
import { DifferenceList } from "./difference_list.js";
import { Figures } from "./figures.js";
import { MeasureChart } from "./measure_chart.js";
import { TwinSide } from "./side.js";
import { SideTabs } from "./side_tabs.js";
import { TwinsBar } from "./top_bar.js";

/** @param {{pair: import("./pair.js").Pair}} props */
export function TwinsPage({ pair }) {
  const { steering } = pair;
  useEffect(() => pair.link(), [pair]);
  useEffect(
    () =>
      listen({
        reset,
        turnTheme,
        steering,
        more: { 1: () => pair.choose("a"), 2: () => pair.choose("b") },
      }),
    [pair],
  );
  return html`
    <div class="lab twins" data-past=${pair.b.isPast.value ? "" : null} data-selected=${selection.value ? "" : null}>
      <${TwinsBar} pair=${pair} />
      ${narrow.value && html`<${SideTabs} pair=${pair} />`}
      <main class="twin-pair">
        <${Banner} />
        ${(narrow.value ? [pair.chosen.value] : /** @type {const} */ (["a", "b"])).map(
          (side) => html`<${TwinSide} key=${side} pair=${pair} side=${side} />`,
        )}
        <${PastSign} lab=${pair.b} />
      </main>
      <section class="compare" aria-label="The difference">
        <${MeasureChart} pair=${pair} />
        <div class="compare-words" role="region" aria-label="In numbers" tabindex="0">
          <${Figures} pair=${pair} />
          <${DifferenceList} pair=${pair} />
        </div>
        <${WindowChoice} />
      </section>
      <${Side} pair=${pair} />
      <${LabBar} steering=${steering} />
    </div>
    <${Notices} />
    <${Announcer} />
    <${ResetQuestion} />
    <${HelpSheet}
      isOpen=${helpOpen.value}
      onClose=${() => {
        helpOpen.value = false;
      }}
      groups=${sheet(pair.b, TWIN_KEYS)}
    />
  `;
}

/** @type {import("../shell/shortcuts.js").Group[]} */
const TWIN_KEYS = [
  {
    title: "Twins",
    keys: [
      ["1", "what you do, you do to A"],
      ["2", "what you do, you do to B"],
    ],
  },
];

/**
 * The inspector of the twin that is chosen: its letter never leaves it.
 *
 * @param {{pair: import("./pair.js").Pair}} props
 */
function Side({ pair }) {
  const chosen = pair.chosen.value;
  const open = selection.value !== null;
  const inspector = html`
    <p class="side-of" data-side=${chosen}>
      What you do here, you do to <b>${chosen.toUpperCase()}</b>
    </p>
    <${Inspector} key=${chosen} />
  `;
  if (!narrow.value) return html`<aside class="side" data-side=${chosen}>${inspector}</aside>`;
  return html`<aside class="side sheet" data-side=${chosen} data-open=${open ? "" : null} inert=${!open}>
    <button type="button" class="sheet-handle" aria-label="Close" onClick=${() => select(null)}><i></i></button>
    ${inspector}
  </aside>`;
}
