/** A zone now: who lives in it, and what is broken in it. */

import { html } from "../html.js";
import { state } from "../store.js";
import { Instances } from "./now_service.js";
import { counted } from "./words.js";

/** @param {{target: import("./target.js").Target}} props */
export function ZoneNow({ target }) {
  const instances = (state.value?.instances ?? []).filter((one) => one.zone === target.name);
  const up = instances.filter((one) => one.state === "up").length;
  const alone = (state.value?.services ?? []).filter(
    (service) =>
      instances.some((one) => one.service === service.name) &&
      !state.value?.instances.some(
        (one) => one.service === service.name && one.zone !== target.name,
      ),
  );
  return html`
    <p>${up} of ${counted(instances.length, "instance")} up.</p>
    <${Instances} names=${target.instances} />
    ${
      alone.length > 0 &&
      html`<p class="quiet">
      Only here: ${alone.map((service) => service.name).join(", ")}. Lose the zone, and there is no other.
    </p>`
    }
  `;
}
