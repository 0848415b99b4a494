/** A balance: which instances share the calls, which are left out, and why. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { frame, select } from "../store.js";
import { BALANCES } from "./layer_words.js";
import { snapshotOf } from "./readings.js";
import { StateWord } from "./state_word.js";
import { counted, milliseconds, percent } from "./words.js";

/**
 * @param {{
 *   caller: string, title: string, label: string, dependency: string, layer: import("../types.js").Layer,
 *   live: import("@preact/signals").ReadonlySignal<any>,
 * }} props
 */
export function BalanceTile({ caller, title, label, dependency, layer, live }) {
  const now = useComputed(() => live.value?.state ?? "unknown");
  const word = useComputed(() => (now.value === "panic" ? "panic: all are used" : "spread"));
  const reason = useComputed(() => live.value?.reason ?? "no news from this caller");
  const names = useComputed(() =>
    [...(live.value?.in ?? []), ...(live.value?.out ?? [])].sort().join("\n"),
  );
  const picks = useComputed(() => counted(live.value?.counts?.picks ?? 0, "pick"));
  return html`
    <section class="tile balance" data-pattern="balance" data-state=${now} aria-label=${label}>
      <header class="tile-head">
        <strong>${title}</strong>
        <span class="tile-state">${word}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="tile-reason">${reason}</p>
      <ul class="members">
        ${names.value
          .split("\n")
          .filter(Boolean)
          .map(
            (name) =>
              html`<${Member} key=${name} name=${name} dependency=${dependency} caller=${caller} live=${live} />`,
          )}
      </ul>
      <p class="quiet tile-foot">
        ${BALANCES[layer.kind] ?? layer.kind}${layer.zone_first && ", own zone first"}, ${picks};
        all are used when fewer than ${percent(layer.panic_ratio)} are healthy
      </p>
    </section>
  `;
}

/**
 * @param {{
 *   name: string, dependency: string, caller: string,
 *   live: import("@preact/signals").ReadonlySignal<any>,
 * }} props
 */
function Member({ name, dependency, caller, live }) {
  const isOut = useComputed(() => (live.value?.out ?? []).includes(name));
  const flight = useComputed(() => flightWords(live.value, name));
  const probes = useComputed(
    () => snapshotOf(frame.value, dependency, caller, "health")?.[name] ?? null,
  );
  const ejected = useComputed(
    () => snapshotOf(frame.value, dependency, caller, "outlier")?.out[name] ?? null,
  );
  const reason = useComputed(() =>
    ejected.value ? `ejected: ${ejected.value.reason}` : probeWords(probes.value),
  );
  return html`
    <li class="member" data-out=${isOut.value ? "" : null}>
      <${StateWord} state=${isOut.value ? "ejected" : "up"} word=${isOut.value ? "out" : "in"} />
      <button type="button" class="text-link" onClick=${() => select("instance", name)}>${name}</button>
      <span class="numeric quiet">${flight}</span>
      <span class="member-reason">${reason}</span>
    </li>
  `;
}

/**
 * @param {any} snapshot
 * @param {string} name
 * @returns {string} with the time that is weighed, where it is
 */
function flightWords(snapshot, name) {
  const cost_s = snapshot?.costs_s?.[name];
  const cost = cost_s == null ? "" : `, ${milliseconds(cost_s * 1000)}`;
  return `${snapshot?.in_flight?.[name] ?? 0} in flight${cost}`;
}

/**
 * @param {any} probes one instance as the caller's health checks see it
 * @returns {string}
 */
function probeWords(probes) {
  if (!probes) return "";
  const { reason, against, needed, state } = probes;
  if (!against) return reason;
  const change = state === "healthy" ? "against it" : "for it";
  return `${reason}; ${against} of ${needed} probes ${change}`;
}
