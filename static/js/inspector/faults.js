/** The Faults tab: what is broken here now, and what may be broken next. */

import { useComputed, useSignal } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, state } from "../store.js";
import { ActiveFaults } from "./active_faults.js";
import { Changes } from "./changes.js";
import { faultChoices, faultsTouching } from "./fault_choices.js";
import { FaultRow } from "./fault_row.js";
import { MomentFields } from "./moment.js";

/**
 * @typedef {import("./target.js").Target} Target
 * @param {{target: Target}} props
 */
export function FaultsTab({ target }) {
  const moment = useSignal(
    /** @type {import("./moment.js").Moment} */ ({ after_s: 0, duration_s: null }),
  );
  const known = catalogue.value;
  const touching = useComputed(() => faultsTouching(state.value?.faults ?? [], target));
  if (!known) return html`<p class="panel-empty">Loading the catalogue of faults…</p>`;
  const groups = faultChoices(known.faults, target, state.value);
  return html`<${Changes}>
    <${ActiveFaults} faults=${touching.value} target=${target} />
    <${MomentFields} moment=${moment.value} onChange=${(/** @type {any} */ next) => (moment.value = next)} />
    ${groups.map(
      (group) => html`<section class="verbs" key=${group.layer} aria-label=${group.title}>
        <h3 class="section-title">${group.title}</h3>
        ${group.choices.map(
          (choice) => html`<${FaultRow}
            key=${choice.key}
           
            choice=${choice}
            moment=${moment.value}
            active=${touching.value.filter((fault) => choice.matches(fault))}
          />`,
        )}
      </section>`,
    )}
    ${groups.length === 0 && html`<p class="panel-empty">Nothing can be broken here; select an instance, a service or a link.</p>`}
  <//>`;
}
