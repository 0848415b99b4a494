/** The playback bar of a lab, with the ways back to now and into another future. */

import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { PlaybackBar } from "./bar.js";

/** @param {{steering: import("./steering.js").Steering}} props */
export function LabBar({ steering }) {
  const { lab } = steering;
  const { speed, paused } = steering.pace.value;
  const past = lab.isPast.value;
  const isVirtual = lab.isVirtual.value;
  const words = isVirtual || past ? {} : { pauseWords: "Freeze the picture" };
  return html`<${PlaybackBar}
    from_t=${0}
    to_t=${lab.edge.value}
    t=${steering.t.value}
    speed=${speed}
    paused=${paused}
    reached=${past ? null : lab.pace.value.reached_per_s}
    events=${lab.story.value}
    now=${past ? "now" : null}
    busy=${steering.wanted_t.value !== null}
    ...${words}
    onSeek=${(/** @type {number} */ t) => steering.seek(t)}
    onPace=${steering.canChangeSpeed() ? (/** @type {any} */ pace) => steering.setPace(pace) : null}
    onToggle=${() => steering.toggle()}
    onStep=${isVirtual || past ? () => steering.step("frame") : null}
    onEvent=${isVirtual || past ? () => steering.step("event") : null}
  >
    ${past && html`<${WaysOut} steering=${steering} />`}
  <//>`;
}

/** @param {{steering: import("./steering.js").Steering}} props */
function WaysOut({ steering }) {
  const { lab } = steering;
  const word = lab.isVirtual.value ? "now" : "live";
  return html`<span class="ways-out">
    <span class="ways-words">In the past. Now is <b class="tabular">${clockWords(lab.edge.value)}</b></span>
    ${
      lab.isVirtual.value &&
      html`<button
        type="button"
        class="button"
        disabled=${steering.branching.value}
        title="Another lab begins at this moment, to change and to compare with this one (B)"
        onClick=${() => steering.branch()}
      >
        <${Icon} name="branch" />${steering.branching.value ? "Branching…" : "Branch from here"}
      </button>`
    }
    <button
      type="button"
      class="button button-primary"
      title=${`Back to ${word} (Esc, End)`}
      onClick=${() => steering.toNow()}
    >
      Back to ${word}
    </button>
  </span>`;
}
