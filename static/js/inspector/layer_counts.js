/**
 * What each layer of a chain counted for one call, read from the steps that the call left behind.
 *
 * A layer leaves a step only where it waited, turned away or answered itself; what passed through
 * it follows from where it stands: inside a retry it saw every try, outside of it the call.
 *
 * @typedef {import("./trace_rows.js").Span} Span
 * @typedef {{start_ms: number, end_ms: number, outcome: string, spans: Span[]}} Pass
 *   one way through a layer, with the steps within it
 * @typedef {{pattern: string, saw: number, tries: number, failed: number, spent_ms: number}} LayerCount
 *   saw: how often it was entered; tries: how often it let through, or tried; failed: of those
 */

const GOOD = ["ok", "degraded"];
const CALLED_OFF = "cancelled by the caller";
/** Times come rounded to a thousandth. */
const CLOSE_MS = 0.002;

/**
 * How the steps of those that turn away begin to say why; a breaker's are known by their outcome.
 *
 * @type {Record<string, string>}
 */
const REJECTIONS = { bulkhead: "bulkhead:", throttle: "throttle:", rate_limit: "rate limit:" };

/**
 * @param {Span[]} spans of the whole trace
 * @param {Span} call the one to be told of
 * @param {{pattern: string, enabled: boolean}[]} chain as it was then, outermost first
 * @returns {LayerCount[]} of the enabled layers, outermost first
 */
export function layerCounts(spans, call, chain) {
  const own = spans
    .filter((span) => span.parent === call.id)
    .sort((one, other) => one.start_ms - other.start_ms);
  /** @type {Pass[]} */
  let passes = [{ ...call, spans: own }];
  return chain
    .filter((layer) => layer.enabled)
    .map(({ pattern }) => {
      const inner = passes.flatMap((pass) => within(pattern, pass));
      const count = {
        pattern,
        saw: passes.length,
        tries: inner.length,
        failed: inner.filter((pass) => isFailure(pattern, pass)).length,
        spent_ms: passes.reduce((sum, pass) => sum + pass.end_ms - pass.start_ms, 0),
      };
      passes = inner;
      return count;
    });
}

/**
 * @param {string} pattern
 * @param {Pass} pass
 * @returns {Pass[]} what the layer made of it for those inside
 */
function within(pattern, pass) {
  switch (pattern) {
    case "fallback":
    case "cache":
      return answered(pattern, pass);
    case "retry":
      return triesOf(pass);
    case "hedge":
    case "balance":
      return attemptsOf(pattern, pass);
    default:
      return pass.spans.some((span) => isRejection(pattern, span)) ? [] : [pass];
  }
}

/**
 * Who answers itself hides what it got: a failure, or nothing at all.
 *
 * @param {string} pattern
 * @param {Pass} pass
 * @returns {Pass[]}
 */
function answered(pattern, pass) {
  const own = pass.spans.find((span) => span.kind === pattern);
  if (!own) return [pass];
  const spans = pass.spans.filter((span) => span !== own);
  if (pattern === "cache" && spans.length === 0) return [];
  return [{ ...pass, spans, outcome: spans.findLast((span) => span.outcome)?.outcome ?? "failed" }];
}

/**
 * The waits part the tries; each says how the try before it ended.
 *
 * @param {Pass} pass
 * @returns {Pass[]}
 */
function triesOf(pass) {
  const waits = pass.spans.filter((span) => span.kind === "wait");
  const rest = pass.spans.filter((span) => span.kind !== "wait");
  const starts = [pass.start_ms, ...waits.map((wait) => wait.end_ms)];
  return starts.map((start_ms, at) => {
    const wait = waits[at];
    const end_ms = wait?.start_ms ?? pass.end_ms;
    const spans = rest.filter(
      (span) => span.start_ms >= start_ms - CLOSE_MS && span.end_ms <= end_ms + CLOSE_MS,
    );
    return { start_ms, end_ms, outcome: wait?.outcome ?? pass.outcome, spans };
  });
}

/**
 * @param {string} pattern
 * @param {Pass} pass
 * @returns {Pass[]}
 */
function attemptsOf(pattern, pass) {
  const sent = pass.spans.filter(
    (span) => span.kind === "attempt" || (pattern === "hedge" && span.kind === "rejected"),
  );
  return sent.map((span) => ({ ...span, spans: [span] }));
}

/**
 * @param {string} pattern
 * @param {Span} span
 */
function isRejection(pattern, span) {
  if (span.kind !== "rejected") return false;
  if (pattern === "breaker") return span.outcome === "short_circuited";
  const begins = REJECTIONS[pattern];
  return begins !== undefined && (span.rule ?? "").startsWith(begins);
}

/**
 * @param {string} pattern
 * @param {Pass} pass as the layer got it back
 */
function isFailure(pattern, pass) {
  if (GOOD.includes(pass.outcome)) return false;
  const last = pass.spans.at(-1);
  if (last?.rule === CALLED_OFF) return false;
  return pattern !== "breaker" || last?.kind !== "rejected";
}
