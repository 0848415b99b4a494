/** The patterns of one dependency at work, a tile for each caller and each pattern with a state. */

import { html } from "../html.js";
import { catalogue, frame, state } from "../store.js";
import { BalanceTile } from "./balance_tile.js";
import { BreakerTile } from "./breaker_tile.js";
import { BulkheadTile } from "./bulkhead_tile.js";
import { HealthTile } from "./health_tile.js";
import { snapshotOf } from "./readings.js";
import { SnapshotTile } from "./snapshot_tile.js";
import { WhileSeen } from "./while_seen.js";

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
  const health = state.value?.services.find((one) => one.name === found.callee)?.health ?? {};
  const hasDetector = health.enabled && health.detector && health.detector !== "counts";
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
      ${
        hasDetector &&
        shown.map(
          (caller) => html`<${DetectorTile}
            key=${`${caller} detector`}
            dependency=${dependency}
            caller=${caller}
            health=${health}
          />`,
        )
      }
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
  const { pattern } = layer;
  const callee = dependency.slice(dependency.indexOf(":") + 1);
  const tile = TILES[pattern] ?? SnapshotTile;
  const title = catalogue.value?.patterns.find((one) => one.name === pattern)?.title ?? pattern;
  /** @type {import("./pictures.js").Read} */
  const read = (shown) => snapshotOf(shown, dependency, caller, pattern);
  return html`<${WhileSeen} read=${() => read(frame.value)}>
    ${(/** @type {any} */ live, /** @type {any} */ seen) => html`<${tile}
      caller=${caller}
      title=${title}
      pattern=${pattern}
      layer=${layer}
      dependency=${dependency}
      label=${`${title} of ${caller}, calls to ${callee}`}
      live=${live}
      seen=${seen}
      read=${read}
    />`}
  <//>`;
}

/**
 * What a caller makes of a callee's silences, if silence is what counts there.
 *
 * @param {{dependency: string, caller: string, health: Record<string, any>}} props
 */
function DetectorTile({ dependency, caller, health }) {
  /** @type {import("./pictures.js").Read} */
  const read = (shown) => snapshotOf(shown, dependency, caller, "health");
  return html`<${WhileSeen} read=${() => read(frame.value)}>
    ${(/** @type {any} */ live, /** @type {any} */ seen) => html`<${HealthTile}
      caller=${caller}
      label=${`Failure detector of ${caller}, calls to ${dependency.slice(dependency.indexOf(":") + 1)}`}
      health=${health}
      live=${live}
      seen=${seen}
      read=${read}
    />`}
  <//>`;
}
