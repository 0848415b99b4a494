/**
 * What can be done to a chain, as pure functions: each gives a new chain and never changes one.
 *
 * The chain is ordered outermost first; `balance` is always there and always innermost, since
 * something must choose the instance.
 *
 * @typedef {import("../types.js").Layer} Layer
 */

const INNERMOST = "balance";

/** Two orders worth comparing: does the breaker count attempts, or calls? */
export const PRESETS = [
  {
    name: "retry(breaker(call))",
    outer: "retry",
    inner: "breaker",
    help: "The breaker sees every attempt: three failed attempts count three times.",
  },
  {
    name: "breaker(retry(call))",
    outer: "breaker",
    inner: "retry",
    help: "The breaker sees the call: three failed attempts count once.",
  },
];

/**
 * @param {Layer} layer
 * @returns {boolean} whether the learner may move it and switch it off
 */
export function isFixed(layer) {
  return layer.pattern === INNERMOST;
}

/**
 * @param {Layer[]} chain
 * @param {number} from
 * @param {number} to where it shall be in the new chain; clamped, so that balance stays innermost
 * @returns {Layer[]} the same array if nothing moved
 */
export function moved(chain, from, to) {
  const layer = chain[from];
  if (!layer || isFixed(layer)) return chain;
  const last = chain.some(isFixed) ? chain.length - 2 : chain.length - 1;
  const place = Math.max(0, Math.min(to, last));
  if (place === from) return chain;
  const rest = chain.filter((_, index) => index !== from);
  return [...rest.slice(0, place), layer, ...rest.slice(place)];
}

/**
 * @param {Layer[]} chain
 * @param {string} pattern
 * @param {Record<string, unknown>} changes
 * @returns {Layer[]}
 */
export function withLayer(chain, pattern, changes) {
  return chain.map((layer) => (layer.pattern === pattern ? { ...layer, ...changes } : layer));
}

/**
 * Both patterns on, the outer directly around the inner; the rest keeps its order.
 *
 * @param {Layer[]} chain
 * @param {{outer: string, inner: string}} preset
 * @returns {Layer[]}
 */
export function withPreset(chain, preset) {
  const both = withLayer(withLayer(chain, preset.outer, { enabled: true }), preset.inner, {
    enabled: true,
  });
  const outer = both.findIndex((layer) => layer.pattern === preset.outer);
  const inner = both.findIndex((layer) => layer.pattern === preset.inner);
  if (outer < 0 || inner < 0 || outer < inner) return both;
  return moved(both, outer, inner);
}

/**
 * @param {Layer[]} chain
 * @param {{outer: string, inner: string}} preset
 * @returns {boolean} whether both are on and in this order
 */
export function followsPreset(chain, preset) {
  const names = chain.filter((layer) => layer.enabled).map((layer) => layer.pattern);
  const outer = names.indexOf(preset.outer);
  return outer >= 0 && outer < names.indexOf(preset.inner);
}

/**
 * @param {Layer | undefined} layer
 * @param {Layer | undefined} authored the same pattern as the scenario has it
 * @returns {string[]} the fields whose values differ, `enabled` among them
 */
export function changedFields(layer, authored) {
  if (!layer || !authored) return [];
  return Object.keys(layer).filter(
    (field) => JSON.stringify(layer[field]) !== JSON.stringify(authored[field]),
  );
}

/**
 * Which patterns stand elsewhere than authored: the fewest that explain the new order, so that
 * moving one layer marks that one and not all that made room for it.
 *
 * @param {Layer[]} chain
 * @param {Layer[]} authored
 * @returns {Set<string>}
 */
export function movedPatterns(chain, authored) {
  const places = chain.map((layer) => authored.findIndex((one) => one.pattern === layer.pattern));
  const kept = new Set(longestRising(places));
  return new Set(chain.filter((_, index) => !kept.has(index)).map((layer) => layer.pattern));
}

/**
 * @param {number[]} places
 * @returns {number[]} the indexes of one longest rising subsequence
 */
function longestRising(places) {
  /** @type {number[][]} */
  const best = [];
  places.forEach((place, index) => {
    const before = best.filter((run) => places[run[run.length - 1]] < place);
    const longest = before.reduce(
      (a, b) => (b.length > a.length ? b : a),
      /** @type {number[]} */ ([]),
    );
    best.push([...longest, index]);
  });
  return best.reduce((a, b) => (b.length > a.length ? b : a), /** @type {number[]} */ ([]));
}
