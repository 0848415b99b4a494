/** A pattern that counts: its state, the reason for it, and what it has done so far. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { CountList } from "./count_list.js";
import { spoken } from "./words.js";

/** @type {Record<string, [key: string, words: string][]>} */
const COUNTS = {
  retry: [
    ["retries", "retries"],
    ["ok_at_once", "ok at once"],
    ["ok_after_retry", "saved by a retry"],
    ["gave_up_at_once", "not retried"],
    ["gave_up_after_retry", "given up"],
  ],
  fallback: [
    ["covered", "covered"],
    ["not_covered", "not covered"],
  ],
  cache: [
    ["fresh", "fresh"],
    ["stale", "stale"],
    ["miss", "missed"],
    ["shared", "waited for another"],
    ["stale_if_error", "old, since asking failed"],
  ],
  hedge: [
    ["hedges", "hedges"],
    ["won_by_hedge", "won by a hedge"],
    ["over_budget", "over budget"],
  ],
  throttle: [
    ["sent", "sent"],
    ["refused", "refused here"],
  ],
  rate_limit: [
    ["passed", "passed"],
    ["refused", "refused here"],
  ],
  outlier: [["ejections", "ejections"]],
  codel: [
    ["passed", "passed"],
    ["dropped", "dropped"],
  ],
  queue_order: [
    ["oldest_first", "oldest first"],
    ["newest_first", "newest first"],
  ],
  deadline_drop: [
    ["begun", "begun"],
    ["expired", "expired"],
    ["hopeless", "could not finish"],
  ],
  cancellation: [
    ["served", "served"],
    ["for_nobody", "for nobody"],
  ],
  ledger: [
    ["new", "new"],
    ["repeats", "answered again"],
    ["conflicts", "conflicts"],
    ["mistakes", "mistakes"],
  ],
  writes: [
    ["done", "done"],
    ["twice", "done twice"],
  ],
  idempotency: [["given", "keys given"]],
  shedding: [
    ["critical_shed", "critical shed"],
    ["default_shed", "default shed"],
    ["sheddable_shed", "sheddable shed"],
  ],
  brownout: [
    ["whole", "whole"],
    ["dimmed", "dimmed"],
  ],
};

/**
 * @param {{
 *   caller: string, title: string, layer: import("../types.js").Layer,
 *   live: import("@preact/signals").ReadonlySignal<any>,
 * }} props
 */
export function SnapshotTile({ caller, title, layer, live }) {
  const now = useComputed(() => live.value?.state ?? "unknown");
  const word = useComputed(() => spoken(live.value?.state ?? "no news"));
  const reason = useComputed(() => live.value?.reason ?? "no news from this caller");
  return html`
    <section class="tile" data-pattern=${layer.pattern} data-state=${now} aria-label=${`${title} of ${caller}`}>
      <header class="tile-head">
        <strong>${title}</strong>
        <span class="tile-state">${word}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="tile-reason">${reason}</p>
      ${COUNTS[layer.pattern] && html`<${CountList} names=${COUNTS[layer.pattern]} live=${live} />`}
    </section>
  `;
}
