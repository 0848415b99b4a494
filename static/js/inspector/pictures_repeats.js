/** Pictures of what asks again: retry with its budget and its waits, hedge with its race. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { LaneRows } from "./lanes.js";
import { LevelBar } from "./level_bar.js";
import { budgetLevel } from "./levels.js";
import { PartsBar } from "./parts_bar.js";
import { NOW, raceLanes, waitLanes, waitSpan_s } from "./time_lines.js";
import { seconds } from "./words.js";

/** @type {import("./parts_bar.js").Part[]} */
const CALLS = [
  ["ok_at_once", "ok at once", "good"],
  ["ok_after_retry", "saved by a retry", "mended"],
  ["gave_up_at_once", "not retried", "bad"],
  ["gave_up_after_retry", "given up", "worse"],
  ["retries", "retries"],
  ["over_budget", "over budget"],
];

/** @type {import("./parts_bar.js").Part[]} */
const RACES = [
  ["hedges", "hedged", "mended"],
  ["not_hedged", "not hedged", "good"],
  ["won_by_hedge", "won by a hedge"],
  ["over_budget", "over budget"],
];

/** @type {Record<string, string>} */
const BUDGETS = {
  tokens: "retries only above the line; each failure takes a token, successes give some back",
  deposits: "a retry takes a whole one; each call deposits a part",
  concurrent: "how many more retries may be under way",
};

/** @param {import("./pictures.js").PictureProps} props */
export function RetryPicture({ layer, live, seen, read }) {
  const budget = useComputed(() => budgetLevel(live.value?.budget ?? null));
  const lanes = useComputed(() => waitLanes(live.value?.waits ?? [], layer));
  return html`
    ${
      layer.budget_ratio > 0 &&
      html`<${LevelBar} name="Budget" level=${budget} about=${BUDGETS[layer.budget]} />`
    }
    ${
      layer.attempts > 1 &&
      html`<${LaneRows}
        lanes=${lanes}
        now=${NOW}
        about=${`Waits of the latest calls after each attempt, over ${seconds(waitSpan_s(layer))}; the line is now`}
      />`
    }
    <${PartsBar} parts=${CALLS} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function HedgePicture({ layer, live, seen, read }) {
  const lanes = useComputed(() => raceLanes(live.value?.race ?? null, layer.hedges));
  const delay = useComputed(() => seconds(Number((live.value?.delay_s ?? 0).toPrecision(3))));
  const told = useComputed(() => withoutHedge(live.value));
  return html`
    <p class="picture-words">
      Another is asked after <b class="numeric">${delay}</b>. The latest race:
    </p>
    <${LaneRows} lanes=${lanes} about="The latest race: when each was asked, and who won" />
    <${PartsBar}
      parts=${RACES}
      live=${told}
      seen=${seen}
      read=${(/** @type {any} */ shown) => withoutHedge(read(shown))}
    />
  `;
}

/**
 * With the calls that needed no hedge, so that both are parts of all.
 *
 * @param {any} snapshot
 */
function withoutHedge(snapshot) {
  if (!snapshot) return snapshot;
  const { calls, hedges } = snapshot.counts;
  return { ...snapshot, counts: { ...snapshot.counts, not_hedged: Math.max(0, calls - hedges) } };
}
