/** One of two twins: what it is called, how its users fare, its map. */

import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { LabOfMap } from "../map/lab_context.js";
import { Topology } from "../map/map.js";
import { shareWords } from "../map/users_node.js";
import { narrow } from "../narrow.js";
import { ServiceList } from "../phone/service_list.js";
import { connectionSign } from "../shell/live.js";
import { nameOf } from "./differences.js";

/**
 * @typedef {import("./pair.js").Pair} Pair
 * @typedef {import("./pair.js").Side} Side
 */

/** @param {{pair: Pair, side: Side}} props */
export function TwinSide({ pair, side }) {
  const lab = pair[side];
  const chosen = pair.chosen.value === side;
  const letter = side.toUpperCase();
  const { status } = lab.connection.value;
  return html`<section
    class="twin"
    aria-label=${`Twin ${letter}${chosen ? ", chosen" : ""}`}
    data-side=${side}
    data-chosen=${chosen ? "" : null}
    data-connection=${status}
    onPointerDown=${() => pair.choose(side)}
  >
    <${Head} pair=${pair} side=${side} />
    <div class="twin-picture">
      ${
        !lab.state.value
          ? html`<${Waiting} lab=${lab} />`
          : narrow.value
            ? html`<${ServiceList} />`
            : html`<${LabOfMap.Provider} value=${lab}>
              <${Topology} key=${lab.id} compact label=${`Topology of ${letter}`} />
            <//>`
      }
    </div>
  </section>`;
}

/** @param {{pair: Pair, side: Side}} props */
function Head({ pair, side }) {
  const lab = pair[side];
  const chosen = pair.chosen.value === side;
  const letter = side.toUpperCase();
  const { good_ratio } = lab.recent.value;
  const sign = connectionSign(lab);
  return html`<header class="twin-head">
    <button
      type="button"
      class="twin-letter"
      aria-pressed=${chosen ? "true" : "false"}
      aria-label=${`Choose ${letter}`}
      title=${chosen ? `What you do, you do to ${letter}` : `Choose ${letter}: the inspector is then about it (${side === "a" ? 1 : 2})`}
      onClick=${() => pair.choose(side)}
    >
      ${letter}
    </button>
    <h2 class="twin-name"><${Name} pair=${pair} side=${side} /></h2>
    ${sign && html`<span class="live" data-kind=${sign.kind} role="status"><i class="live-dot"></i>${sign.word}</span>`}
    <span class="twin-served" data-low=${good_ratio !== null && good_ratio < 0.99 ? "" : null}>
      <b class="tabular">${good_ratio === null ? "–" : shareWords(good_ratio)}</b>
      <span>served</span>
    </span>
    <a class="button button-quiet button-icon" href=${`/labs/${lab.id}/`} aria-label=${`${letter} alone`} title=${`${letter} on a page of its own`}>
      ↗
    </a>
  </header>`;
}

/** @param {{pair: Pair, side: Side}} props */
function Name({ pair, side }) {
  const name = nameOf(pair.differences.value, side);
  if (name) return name;
  const branch = pair.b.present.value?.branch_of;
  const words = branch ? `branched at ${clockWords(branch.t, 1)}` : "the same so far";
  return html`<span class="twin-same">${side === "a" ? "as it is" : words}</span>`;
}

/** @param {{lab: import("../lab.js").Lab}} props */
function Waiting({ lab }) {
  const { status, reason } = lab.connection.value;
  if (status === "closed") {
    return html`<div class="waiting" role="alert"><p class="waiting-title">Gone</p><p>${reason}</p></div>`;
  }
  return html`<div class="waiting">
    <p class="waiting-title">${status === "live" ? "The lab is starting" : "Connecting"}</p>
    <p>Its picture appears as soon as it answers.</p>
  </div>`;
}
