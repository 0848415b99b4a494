/** Requests that were kept: failed, slow and ordinary ones; each opens as a waterfall. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { OUTCOME } from "../outcomes.js";
import { state, traces } from "../store.js";
import { RequestFilter } from "./request_filter.js";
import { RequestRows } from "./request_rows.js";
import { Waterfall } from "./waterfall.js";

/**
 * @typedef {import("../types.js").TraceHead} TraceHead
 * @typedef {{outcomes: string[], route: string}} Filter empty: all of them
 */

const SHOWN_MOST = 60;
/** Requests are kept ten times a second; a list that moves as often cannot be read. */
const EVERY_MS = 500;

export function RequestList() {
  const filter = useSignal(/** @type {Filter} */ ({ outcomes: [], route: "" }));
  const picked = useSignal(/** @type {TraceHead | null} */ (null));
  const isHeld = useSignal(false);
  const seen = useSignal(/** @type {TraceHead[]} */ (traces.peek()));
  const shown = useComputed(() => fitting(seen.value, filter.value));
  const newer = useComputed(() =>
    isHeld.value ? fitting(after(traces.value, seen.value), filter.value).length : 0,
  );
  const routes = useComputed(() => (state.value?.users.mix ?? []).map((one) => one.route));

  useEffect(() => {
    const timer = setInterval(() => {
      if (!isHeld.peek()) seen.value = traces.peek();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  /** @param {boolean} isWanted so that rows stay under the pointer and the finger */
  const hold = (isWanted) => {
    isHeld.value = isWanted;
    if (!isWanted) seen.value = traces.peek();
  };

  return html`
    <section class="requests" aria-label="Kept requests">
     <div class="requests-body" data-picked=${picked.value ? "" : null}>
      <div class="requests-list">
        <${RequestFilter} filter=${filter} routes=${routes.value} counts=${countsOf(seen.value)} />
        ${
          newer.value > 0 &&
          html`<button type="button" class="newer" onClick=${() => hold(false)}>
          ${newer.value} newer
        </button>`
        }
        ${
          shown.value.length === 0
            ? html`<p class="panel-empty">${emptyWords(filter.value)}</p>`
            : html`<${RequestRows}
              heads=${shown.value}
              picked=${picked.value?.id ?? null}
              onPick=${(/** @type {TraceHead} */ head) => (picked.value = head)}
              onHold=${hold}
            />`
        }
      </div>
      <div class="requests-detail">
        ${
          picked.value
            ? html`<${Waterfall} key=${picked.value.id} head=${picked.value} onClose=${() => (picked.value = null)} />`
            : html`<p class="panel-empty">
              Pick a request to see each of its attempts, waits and rejections, and the rule behind
              each.
            </p>`
        }
      </div>
     </div>
    </section>
  `;
}

/**
 * @param {TraceHead[]} heads oldest first
 * @param {Filter} filter
 * @returns {TraceHead[]} newest first
 */
export function fitting(heads, { outcomes, route }) {
  /** @type {TraceHead[]} */
  const found = [];
  for (let at = heads.length - 1; at >= 0 && found.length < SHOWN_MOST; at -= 1) {
    const head = heads[at];
    if (route && head.route !== route) continue;
    if (outcomes.length === 0 || outcomes.includes(head.outcome)) found.push(head);
  }
  return found;
}

/**
 * @param {TraceHead[]} heads
 * @param {TraceHead[]} seen an earlier version of heads
 */
function after(heads, seen) {
  const last = seen.at(-1);
  return last ? heads.slice(heads.lastIndexOf(last) + 1) : heads;
}

/** @param {TraceHead[]} heads */
function countsOf(heads) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const head of heads) counts[head.outcome] = (counts[head.outcome] ?? 0) + 1;
  return counts;
}

/** @param {Filter} filter */
function emptyWords({ outcomes, route }) {
  if (outcomes.length === 0 && !route)
    return "No request has ended yet. The first ones appear here at once.";
  const words = outcomes.map((name) => OUTCOME[name]?.word ?? name).join(" or ");
  return `No ${words} request${route ? ` for ${route}` : ""} was kept. Widen the filter, or break something.`;
}
