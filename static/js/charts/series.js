/**
 * What the three charts show, from the columns of rows.
 *
 * @typedef {import("../types.js").Columns} Columns
 * @typedef {(number | null)[]} Values
 * @typedef {{
 *   name: string, word: string, outcome: string | null, values: Values, drawn: Values,
 * }} Line
 *   values: what is read; drawn: where the line runs (stacked on others)
 */

/** From the bottom of the stack to its top. What our own patterns turned away is one group. */
const STACK = [
  { name: "ok", word: "full", columns: ["ok"] },
  { name: "degraded", word: "degraded", columns: ["degraded"] },
  { name: "failed", word: "failed", columns: ["failed"] },
  { name: "timed_out", word: "timed out", columns: ["timed_out"] },
  { name: "refused", word: "turned away", columns: ["refused", "shed", "short_circuited"] },
];

/**
 * @param {Columns} columns
 * @param {number} first place of the first row to show
 * @returns {{times: number[], lines: Line[]}} lines from the bottom of the stack, then what was offered
 */
export function answerLines(columns, first) {
  const times = columns.t.slice(first);
  let below = new Array(times.length).fill(0);
  const lines = STACK.map(({ name, word, columns: sources }) => {
    const values = summed(columns, sources, first);
    const drawn = values.map((value, index) => value + below[index]);
    below = drawn;
    return { name, word, outcome: name, values, drawn };
  });
  const offered = columns.offered.slice(first);
  return {
    times,
    lines: [...lines, { name: "offered", word: "offered", outcome: null, values: offered, drawn: offered }],
  };
}

/**
 * @param {Columns} columns
 * @param {number} first
 * @returns {{times: number[], lines: Line[]}}
 */
export function latencyLines(columns, first) {
  const lines = /** @type {const} */ (["p50_ms", "p95_ms", "p99_ms"]).map((name) => {
    const values = columns[name].slice(first);
    return { name, word: name.slice(0, 3), outcome: null, values, drawn: values };
  });
  return { times: columns.t.slice(first), lines };
}

/**
 * @param {Columns} columns
 * @param {number} first
 * @param {{name: string, title: string}[]} services in the order of lines
 * @returns {{times: number[], lines: Line[]}}
 */
export function layerLines(columns, first, services) {
  const times = columns.t.slice(first);
  const lines = services.map(({ name, title }) => {
    const values = columns.layers[name]?.slice(first) ?? new Array(times.length).fill(null);
    return { name, word: title || name, outcome: null, values, drawn: values };
  });
  return { times, lines };
}

/**
 * @param {Columns} columns
 * @param {string[]} names
 * @param {number} first
 * @returns {number[]}
 */
function summed(columns, names, first) {
  const [head, ...rest] = names.map((name) => /** @type {number[]} */ (columns[/** @type {"ok"} */ (name)]));
  const sums = head.slice(first);
  for (const column of rest) {
    for (let index = 0; index < sums.length; index += 1) sums[index] += column[first + index];
  }
  return sums;
}
