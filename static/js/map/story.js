/**
 * What a wire has to say, as plain values that only change when they would be seen to change.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("../types.js").BreakerSnapshot} BreakerSnapshot
 * @typedef {import("./scene.js").Wire} Wire
 * @typedef {import("./readings.js").LinkReading} LinkReading
 * @typedef {{
 *   state: string, tripped: number, of: number, retry_in_s: number | null, total: number,
 *   returned: number,
 * }} Circuit the worst of the callers' breakers; tripped: how many of them are not closed
 * @typedef {"room_wall" | "wall" | "cut" | "hole"} Block room_wall: drawn between the rooms
 * @typedef {{
 *   per_s: number, width: number, worst: number, bad_ratio: number, p99_ms: number | null,
 *   circuit: Circuit | null, block: Block | null, strain: string,
 * }} Story
 *   worst: place of the worst outcome in OUTCOMES, or -1; strain: words of a toxic that stretches
 */

const SLOW_MS = 250;
const WORTH_SAYING = 0.01;
const SEVERITY = ["disabled", "closed", "half_open", "open", "forced_open"];
const OUT_OF_SERVICE = 6;

/** @type {Story} */
export const QUIET = {
  per_s: 0,
  width: 1,
  worst: -1,
  bad_ratio: 0,
  p99_ms: null,
  circuit: null,
  block: null,
  strain: "",
};

/**
 * @param {Wire} wire
 * @param {State} state
 * @param {Frame} frame
 * @param {LinkReading} reading
 * @returns {Story}
 */
export function storyOf(wire, state, frame, reading) {
  const circuit = circuitOf(wire, frame);
  const { worst, bad_ratio } = worstOf(reading, circuit);
  const slow = reading.p99_ms !== null && reading.p99_ms >= SLOW_MS;
  return {
    per_s: readable(reading.per_s),
    width: widthOf(reading.per_s),
    worst,
    bad_ratio,
    p99_ms: slow ? readable(reading.p99_ms ?? 0) : null,
    circuit,
    block: blockOf(wire, state),
    strain: strainOf(wire, state),
  };
}

/**
 * @param {Story} story
 * @returns {string} changes when something must be seen at once; figures are no part of it
 */
export function urgency(story) {
  const { circuit, worst, block, strain } = story;
  const about = circuit
    ? [circuit.state, circuit.tripped, circuit.returned, circuit.retry_in_s]
    : [];
  return [worst, block, strain, ...about].join();
}

/**
 * @param {number} per_s
 * @returns {number} pixels, logarithmic: 1 for nothing, 7 from some 200 a second
 */
function widthOf(per_s) {
  return Math.round((1 + Math.min(6, Math.log2(1 + per_s) * 0.8)) * 4) / 4;
}

/**
 * @param {LinkReading} reading
 * @param {Circuit | null} circuit
 */
function worstOf({ counts }, circuit) {
  let all = 0;
  let bad = 0;
  let worst = -1;
  counts.forEach((count, outcome) => {
    all += count;
    if (outcome < 2 || count === 0 || (outcome === OUT_OF_SERVICE && circuit)) return;
    bad += count;
    if (worst < 0 || count > counts[worst]) worst = outcome;
  });
  const bad_ratio = all > 0 ? bad / all : 0;
  return bad_ratio >= WORTH_SAYING
    ? { worst, bad_ratio: Math.round(bad_ratio * 100) / 100 }
    : { worst: -1, bad_ratio: 0 };
}

/**
 * @param {Wire} wire
 * @param {Frame} frame
 * @returns {Circuit | null}
 */
function circuitOf(wire, frame) {
  const patterns = frame.calls[wire.dependency.name]?.patterns;
  if (!patterns) return null;
  /** @type {BreakerSnapshot[]} */
  const breakers = [];
  for (const caller of wire.callers) {
    const breaker = patterns[caller]?.breaker;
    if (breaker) breakers.push(/** @type {BreakerSnapshot} */ (breaker));
  }
  if (breakers.length === 0) return null;
  const rank = (/** @type {BreakerSnapshot} */ one) => SEVERITY.indexOf(one.state);
  const worst = breakers.reduce((a, b) => (rank(b) > rank(a) ? b : a));
  const tripped = breakers.filter(
    (one) => rank(one) > rank(/** @type {any} */ ({ state: "closed" })),
  );
  return {
    state: worst.state,
    tripped: tripped.length,
    of: breakers.length,
    retry_in_s: worst.retry_in_s == null ? null : Math.round(worst.retry_in_s * 10) / 10,
    total: worst.permits?.total ?? 0,
    returned: worst.permits?.returned ?? 0,
  };
}

/**
 * @param {Wire} wire
 * @param {State} state
 * @returns {Block | null}
 */
function blockOf(wire, state) {
  const links = wire.links.map((index) => state.links[index]).filter(Boolean);
  const parted = state.faults.find(
    (fault) =>
      fault.kind === "partition" &&
      fault.state === "active" &&
      links.some((link) => fault.links.includes(link.name)),
  );
  if (parted) return parted.zones.length > 1 ? "room_wall" : "wall";
  if (links.some((link) => !link.enabled)) return "cut";
  return links.some((link) => link.toxics.some((toxic) => toxic.type === "timeout"))
    ? "hole"
    : null;
}

/** @type {Readonly<Record<string, (attributes: Record<string, number>) => string>>} */
const STRAINS = {
  latency: (toxic) => `+${toxic.latency} ms`,
  bandwidth: (toxic) => `${toxic.rate} kB/s`,
  slow_close: () => "slow close",
  slicer: () => "sliced",
  limit_data: () => "limited",
  reset_peer: () => "resets",
};

/**
 * @param {Wire} wire
 * @param {State} state
 */
function strainOf(wire, state) {
  for (const index of wire.links) {
    for (const toxic of state.links[index]?.toxics ?? []) {
      const words = STRAINS[toxic.type];
      if (words) return words(toxic.attributes);
    }
  }
  return "";
}

/** @param {number} value */
function readable(value) {
  return value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
}
