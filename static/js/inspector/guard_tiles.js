/** The guards of one instance at work: each one's state, its reason, and what it has done. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, frame, state } from "../store.js";
import { SnapshotTile } from "./snapshot_tile.js";
import { WhileSeen } from "./while_seen.js";

/** @param {{instance: import("../types.js").Instance}} props */
export function GuardTiles({ instance }) {
  const service = state.value?.services.find((one) => one.name === instance.service);
  const on = Object.entries(service?.guards ?? {})
    .filter(([name, values]) => isTelling(name, values))
    .map(([name]) => name);
  const writes = useComputed(() => Boolean(frame.value?.guards?.[instance.name]?.writes));
  if (writes.value) on.push("writes");
  if (on.length === 0) return null;
  return html`
    <section class="block" aria-label="Guards">
      <h3 class="section-title">Guards</h3>
      <div class="tiles">
        ${on.map(
          (name) => html`<${GuardTile}
            key=${name}
            instance=${instance.name}
            guard=${name}
            settings=${service?.guards?.[name] ?? {}}
          />`,
        )}
      </div>
    </section>
  `;
}

/**
 * Whether a guard does anything worth a tile: it is on, or off where that changes what happens.
 *
 * @param {string} name
 * @param {Record<string, any>} values
 */
function isTelling(name, values) {
  if (name === "cancellation") return !values.enabled;
  return values.enabled ?? values.order !== "fifo";
}

/** @param {{instance: string, guard: string, settings: Record<string, any>}} props */
function GuardTile({ instance, guard, settings }) {
  /** @type {import("./pictures.js").Read} */
  const read = (shown) => shown?.guards?.[instance]?.[guard] ?? null;
  const title = catalogue.value?.patterns.find((one) => one.name === guard)?.title ?? "Writes";
  return html`<${WhileSeen} read=${() => read(frame.value)}>
    ${(/** @type {any} */ live, /** @type {any} */ seen) => html`<${SnapshotTile}
      caller=${instance}
      title=${title}
      label=${`${title} of ${instance}`}
      pattern=${guard}
      layer=${settings}
      live=${live}
      seen=${seen}
      read=${read}
    />`}
  <//>`;
}
