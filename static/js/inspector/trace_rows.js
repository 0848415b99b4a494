/**
 * A trace as the rows of a waterfall: parents before children, in the order they began.
 *
 * @typedef {{
 *   id: string, parent: string | null, instance: string, kind: string, name: string,
 *   start_ms: number, end_ms: number, outcome: string, rule: string | null, attempt: number | null,
 * }} Span
 * @typedef {{span: Span, depth: number, rule: string, left: number, width: number}} Row
 *   rule: what decided here, empty where it only passed on what a step within it had decided;
 *   left and width are shares (0 to 1) of the whole trace's time
 */

/**
 * @param {Span[]} spans
 * @returns {{rows: Row[], start_ms: number, end_ms: number}}
 */
export function traceRows(spans) {
  const start_ms = Math.min(0, ...spans.map((span) => span.start_ms));
  const end_ms = Math.max(start_ms + 0.001, ...spans.map((span) => span.end_ms));
  const known = new Set(spans.map((span) => span.id));
  /** @type {Map<string | null, Span[]>} */
  const children = new Map();
  for (const span of spans) {
    const parent = span.parent !== null && known.has(span.parent) ? span.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  /** @type {Row[]} */
  const rows = [];
  const total_ms = end_ms - start_ms;
  /** @type {(parent: string | null, depth: number) => void} */
  const walk = (parent, depth) => {
    const own = (children.get(parent) ?? []).sort((a, b) => a.start_ms - b.start_ms);
    for (const span of own) {
      rows.push({
        span,
        depth,
        rule: ownRule(span, children.get(span.id) ?? []),
        left: (span.start_ms - start_ms) / total_ms,
        width: Math.max(0, span.end_ms - span.start_ms) / total_ms,
      });
      walk(span.id, depth + 1);
    }
  };
  walk(null, 0);
  return { rows, start_ms, end_ms };
}

/**
 * Outcomes travel outwards with their reasons: only the innermost step that has one says it.
 *
 * @param {Span} span
 * @param {Span[]} within
 */
function ownRule(span, within) {
  const rule = span.rule ?? "";
  const isPassedOn = within.some((one) => one.rule && rule.includes(one.rule));
  return isPassedOn ? "" : rule;
}

/**
 * Round times for the axis, at most `most` of them.
 *
 * @param {number} end_ms
 * @param {number} most
 * @returns {number[]}
 */
export function ticks(end_ms, most) {
  const raw = end_ms / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? raw;
  return Array.from({ length: Math.floor(end_ms / step) + 1 }, (_, index) => index * step);
}
