/** The patterns of one dependency at work, a tile for each caller and each pattern with a state. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, frame, state } from "../store.js";
import { BalanceTile } from "./balance_tile.js";
import { BreakerTile } from "./breaker_tile.js";
import { BulkheadTile } from "./bulkhead_tile.js";
import { snapshotOf } from "./readings.js";
import { SnapshotTile } from "./snapshot_tile.js";

/** @type {Record<string, any>} */
const TILES = { breaker: BreakerTile, bulkhead: BulkheadTile, balance: BalanceTile };

/** Those that only limit a time keep no state worth a tile. */
const STATELESS = new Set(["timeout", "attempt_timeout"]);

/**
 * @param {{dependency: string, callers?: string[], only?: string[]}} props
 *   callers, only: which callers and which patterns; all of them, if not given
 */
export function Tiles({ dependency, callers, only }) {
  const found = state.value?.dependencies.find((one) => one.name === dependency);
  if (!found) return null;
  const shown = callers ?? callersOf(found.caller);
  const layers = found.chain
    .filter((layer) => layer.enabled && !STATELESS.has(layer.pattern))
    .filter((layer) => !only || only.includes(layer.pattern))
    .sort((one, other) => rank(one) - rank(other));
  return html`
    <div class="tiles">
      ${layers.map((layer) =>
        shown.map(
          (caller) => html`<${Tile}
            key=${`${caller} ${layer.pattern}`}
            dependency=${dependency}
            caller=${caller}
            layer=${layer}
          />`,
        ),
      )}
    </div>
  `;
}

/**
 * The breaker first, since it has most to say; the others stay in the order of the chain.
 *
 * @param {import("../types.js").Layer} layer
 */
function rank(layer) {
  return layer.pattern === "breaker" ? 0 : 1;
}

/**
 * @param {string} service
 * @returns {string[]} the instances that call; the users are one caller
 */
export function callersOf(service) {
  if (service === "users") return ["users"];
  return (state.value?.instances ?? [])
    .filter((one) => one.service === service)
    .map((one) => one.name);
}

/** @param {{dependency: string, caller: string, layer: import("../types.js").Layer}} props */
function Tile({ dependency, caller, layer }) {
  const live = useComputed(() => snapshotOf(frame.value, dependency, caller, layer.pattern));
  const tile = TILES[layer.pattern] ?? SnapshotTile;
  const title =
    catalogue.value?.patterns.find((one) => one.name === layer.pattern)?.title ?? layer.pattern;
  return html`<${tile} caller=${caller} title=${title} layer=${layer} dependency=${dependency} live=${live} />`;
}
