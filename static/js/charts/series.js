/**
 * What the three charts show, from the columns of rows.
 *
 * @typedef {import("../types.js").Columns} Columns
 * @typedef {(number | null)[]} Values
 * @typedef {{
 *   name: string, word: string, outcome: string | null, values: Values, drawn: Values, top: Values,
 * }} Line
 *   values: what is read; drawn: where the line runs, null where it must not; top: how high it is
 *   filled (stacked on others), also where no line runs
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
 * @param {number} calm over how many rows the curve is a mean, up to each: half a second is noisy
 * @returns {{times: number[], lines: Line[]}} lines from the bottom of the stack, then what was offered
 */
export function answerLines(columns, first, calm) {
  const times = columns.t.slice(first);
  let below = new Array(times.length).fill(0);
  const lines = STACK.map(({ name, word, columns: sources }) => {
    const values = summed(columns, sources, first);
    const height = trailing(values, calm);
    const top = height.map((value, index) => value + below[index]);
    below = top;
    return {
      name,
      word,
      outcome: name,
      values,
      top,
      drawn: name === "ok" ? top : onlyWhere(height, top),
    };
  });
  const offered = columns.offered.slice(first);
  return {
    times,
    lines: [...lines, plain("offered", "offered", offered, trailing(offered, calm))],
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
    return plain(name, name.slice(0, 3), values, values);
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
    return plain(name, title || name, values, values);
  });
  return { times, lines };
}

/**
 * A line that is no outcome and stands on nothing.
 *
 * @param {string} name
 * @param {string} word
 * @param {Values} values
 * @param {Values} drawn
 * @returns {Line}
 */
function plain(name, word, values, drawn) {
  return { name, word, outcome: null, values, drawn, top: drawn };
}

/**
 * @param {Columns} columns
 * @param {string[]} names
 * @param {number} first
 * @returns {number[]}
 */
function summed(columns, names, first) {
  const [head, ...rest] = names.map(
    (name) => /** @type {number[]} */ (columns[/** @type {"ok"} */ (name)]),
  );
  const sums = head.slice(first);
  for (const column of rest) {
    for (let index = 0; index < sums.length; index += 1) sums[index] += column[first + index];
  }
  return sums;
}

/**
 * @param {number[]} values
 * @param {number} count
 * @returns {number[]} each the mean of itself and those before it, `count` in all
 */
function trailing(values, count) {
  let sum = 0;
  return values.map((value, index) => {
    sum += value - (index >= count ? values[index - count] : 0);
    return Math.max(0, sum / Math.min(count, index + 1));
  });
}

/**
 * The upper edge of a layer where it has a height, and one step around it: an empty layer would
 * paint over the edge of the one below.
 *
 * @param {number[]} height
 * @param {number[]} top
 * @returns {Values}
 */
function onlyWhere(height, top) {
  const thin = 0.01;
  return top.map((value, index) =>
    height[index] > thin || height[index - 1] > thin || height[index + 1] > thin ? value : null,
  );
}
