/** The latest kept request over a dependency, and what each layer of its chain counted for it. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { events, state, traces } from "../store.js";
import { ask } from "./desk.js";
import { layerCounts } from "./layer_counts.js";
import { now_t } from "./readings.js";

const EVERY_MS = 2000;
/** The steps of a request are all there so long after it ended. */
const RIPE_S = 1;
/** So many requests are opened at most, each time, to find one that went this way. */
const OPENED_MOST = 6;

/**
 * @typedef {import("../types.js").TraceHead} TraceHead
 * @typedef {import("./trace_rows.js").Span} Span
 * @typedef {{head: TraceHead, counts: import("./layer_counts.js").LayerCount[]}} LastCounts
 * @param {string} dependency
 * @returns {import("@preact/signals").ReadonlySignal<LastCounts | null>} null: none since the chain
 *   is as it is
 */
export function useLastCounts(dependency) {
  const last = useSignal(/** @type {LastCounts | null} */ (null));
  useEffect(() => {
    /** @type {Map<string, boolean>} whether requests for a route went this way */
    const routes = new Map();
    let isOver = false;
    const look = async () => {
      const found = await latestOver(dependency, last.peek()?.head ?? null, routes);
      if (found && !isOver) last.value = found;
    };
    look();
    const timer = setInterval(() => document.hidden || look(), EVERY_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [dependency]);
  return useComputed(() =>
    last.value && last.value.head.t > changed_t(dependency) ? last.value : null,
  );
}

/**
 * @param {Span} call
 * @returns {string} its dependency: "checkout-1→payments" is checkout:payments
 */
export function dependencyOf(call) {
  const [caller, callee] = call.name.split("→");
  const service = state.peek()?.instances.find((one) => one.name === caller)?.service;
  return `${service ?? caller.replace(/-\d+$/, "")}:${callee}`;
}

/**
 * @param {string} dependency
 * @returns {number} when its chain was changed last
 */
export function changed_t(dependency) {
  const change = events.value.findLast(
    (one) => one.kind === "reset" || (one.kind === "chain" && one.subject === dependency),
  );
  return change?.t ?? Number.NEGATIVE_INFINITY;
}

/**
 * The newest for each route, those that did not go well first: they have more to tell.
 *
 * @param {TraceHead[]} heads oldest first
 * @returns {TraceHead[]}
 */
export function worthOpening(heads) {
  const good = new Map(heads.map((head) => [head.route, head]));
  const bad = new Map(
    heads.filter((head) => head.outcome !== "ok").map((head) => [head.route, head]),
  );
  return [...new Set([...bad.values(), ...good.values()])];
}

/**
 * @param {string} dependency
 * @param {TraceHead | null} known the one that is shown
 * @param {Map<string, boolean>} routes
 * @returns {Promise<LastCounts | null>} null: none that is newer
 */
async function latestOver(dependency, known, routes) {
  const since_t = Math.max(changed_t(dependency), known?.t ?? Number.NEGATIVE_INFINITY);
  const ripe_t = now_t.peek() - RIPE_S;
  const heads = traces
    .peek()
    .filter((head) => head.t > since_t && head.t + head.duration_ms / 1000 < ripe_t)
    .filter((head) => routes.get(head.route) !== false);
  const chain = state.peek()?.dependencies.find((one) => one.name === dependency)?.chain ?? [];
  for (const head of worthOpening(heads).slice(0, OPENED_MOST)) {
    const answer = await ask({ command: "trace", trace: head.id });
    /** @type {Span[]} */
    const spans = answer.ok ? answer.result.spans : [];
    const call = spans.findLast((one) => one.kind === "call" && dependencyOf(one) === dependency);
    if (call) return { head, counts: layerCounts(spans, call, chain) };
    if (head.outcome === "ok" && spans.length > 0) routes.set(head.route, false);
  }
  return null;
}
