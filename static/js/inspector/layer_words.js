/**
 * A layer's settings in one line, as a reader would say them.
 *
 * @typedef {import("../types.js").Layer} Layer
 */

import { counted, percent, seconds, spoken } from "./words.js";

/** @type {Record<string, string>} */
export const BALANCES = {
  round_robin: "in turn",
  random: "by chance",
  two_choices: "the less busy of two",
  ewma: "the less busy and quicker of two",
};

/** @type {Record<string, (layer: any) => string>} */
const SENTENCES = {
  fallback: (layer) =>
    `${layer.kind === "omit" ? "leaves it out" : layer.kind === "stale" ? "the last good answer" : "a fixed answer"} when ${outcomes(layer.on)}`,
  timeout: (layer) => `${seconds(layer.limit_s)} for the call with all its attempts`,
  attempt_timeout: (layer) => `${seconds(layer.limit_s)} for each attempt`,
  retry: (layer) =>
    `${counted(layer.attempts, "attempt")}, ${backoff(layer)}${layer.budget_ratio > 0 ? `, a budget of ${percent(layer.budget_ratio)}` : ""}`,
  cache: (layer) =>
    `keeps answers ${seconds(layer.ttl_s)}, ${layer.coalesce ? "one asks for all" : "everybody asks"}`,
  idempotency: () => "each write carries a key, so that it may be repeated",
  hedge: (layer) =>
    `asks another ${layer.delay === "fixed" ? `after ${seconds(layer.delay_s)}` : `when slower than ${percent(layer.percentile_ratio)}`}`,
  outlier: (layer) =>
    `out after ${counted(layer.consecutive, "failure")} in a row, for ${seconds(layer.base_s)} and more`,
  throttle: (layer) =>
    `sends at most ${layer.k} times what is accepted, by the last ${seconds(layer.window_s)}`,
  rate_limit: (layer) => `${layer.rate_per_s} calls a second, ${layer.burst} at once`,
  breaker: (layer) => breaker(layer),
  bulkhead: (layer) =>
    `${layer.permits} at once, ${layer.queue > 0 ? `${layer.queue} may wait ${seconds(layer.wait_s)}` : "nobody waits"}`,
  balance: (layer) =>
    `${BALANCES[layer.kind] ?? spoken(layer.kind)}${layer.zone_first ? ", own zone first" : ""}; all of them when under ${percent(layer.panic_ratio)} are healthy`,
};

/**
 * @param {Layer} layer
 * @returns {string}
 */
export function layerWords(layer) {
  const sentence = SENTENCES[layer.pattern];
  return sentence ? sentence(layer) : plainWords(layer);
}

/**
 * The enabled patterns as nested calls: `fallback( retry( breaker( call )))`.
 *
 * @param {Layer[]} chain
 * @returns {string}
 */
export function nesting(chain) {
  const names = chain.filter((layer) => layer.enabled).map((layer) => layer.pattern);
  return `${names.map((name) => `${name}( `).join("")}call ${")".repeat(names.length)}`.trim();
}

/** @param {any} layer */
function breaker(layer) {
  if (layer.mode === "forced_open") return "forced open: lets nothing through";
  if (layer.mode === "disabled") return "disabled by hand: lets everything through";
  const window = layer.window === "time" ? seconds(layer.window_s) : `${layer.window_calls} calls`;
  return (
    `opens at ${percent(layer.failure_ratio)} of ${window} (from ${layer.minimum_calls}), ` +
    `waits ${seconds(layer.wait_s)}, ${counted(layer.permits, "probe")}`
  );
}

/** @param {any} layer */
function backoff(layer) {
  if (layer.backoff === "none") return "no wait between";
  const growth =
    layer.backoff === "fixed"
      ? `${seconds(layer.base_s)} apart`
      : `${seconds(layer.base_s)} × ${layer.multiplier}, at most ${seconds(layer.cap_s)}`;
  return `${growth}, ${layer.jitter === "none" ? "no jitter" : `${layer.jitter} jitter`}`;
}

/** @param {string[]} names */
function outcomes(names) {
  const words = (names ?? []).map(spoken);
  if (words.length === 0) return "nothing is covered";
  return words.length > 3
    ? `${words.slice(0, 2).join(", ")} or ${words.length - 2} more`
    : words.join(", ");
}

/** @param {Layer} layer */
function plainWords(layer) {
  return Object.entries(layer)
    .filter(([field]) => field !== "pattern" && field !== "enabled")
    .slice(0, 3)
    .map(([field, value]) => `${spoken(field)} ${value}`)
    .join(", ");
}
