/**
 * Rows of the charts, kept by column as uPlot wants them. All columns are equally long.
 *
 * @typedef {import("./types.js").Columns} Columns
 * @typedef {import("./types.js").Row} Row
 */

/** Every column but `layers`. */
export const PLAIN_COLUMNS = /** @type {const} */ ([
  "t",
  "offered",
  "ok",
  "degraded",
  "failed",
  "timed_out",
  "refused",
  "shed",
  "short_circuited",
  "p50_ms",
  "p95_ms",
  "p99_ms",
]);

/** @returns {Columns} */
export function emptyColumns() {
  const columns = /** @type {any} */ ({ layers: {} });
  for (const name of PLAIN_COLUMNS) columns[name] = [];
  return columns;
}

/**
 * The columns with one more row. The arrays themselves grow in place (they are long, and old
 * values never change); what is returned is a new object, so that a signal sees the difference.
 *
 * @param {Columns} columns
 * @param {Row} row
 * @param {number} most the oldest rows beyond this are dropped
 * @returns {Columns}
 */
export function extended(columns, row, most) {
  const count = columns.t.length;
  if (count > 0 && row.t <= columns.t[count - 1]) return columns;
  const next = /** @type {any} */ ({ ...columns, layers: { ...columns.layers } });
  for (const name of PLAIN_COLUMNS) push(next[name], row[name], most);
  for (const name of new Set([...Object.keys(next.layers), ...Object.keys(row.layers)])) {
    next.layers[name] ??= new Array(count).fill(null);
    push(next.layers[name], row.layers[name] ?? null, most);
  }
  return next;
}

/**
 * @param {(number | null)[]} column
 * @param {number | null} value
 * @param {number} most
 */
function push(column, value, most) {
  column.push(value);
  if (column.length > most) column.splice(0, column.length - most);
}

/**
 * @param {Columns} columns
 * @param {number} first place of the first row
 * @returns {Columns} with arrays of their own
 */
export function sliced(columns, first) {
  const found = emptyColumns();
  for (const name of PLAIN_COLUMNS) /** @type {any} */ (found)[name] = columns[name].slice(first);
  for (const [name, column] of Object.entries(columns.layers)) {
    found.layers[name] = column.slice(first);
  }
  return found;
}

/**
 * @param {Columns} before
 * @param {Columns} after
 * @returns {Columns} all rows of the first, then those of the second that are later
 */
export function joined(before, after) {
  const last = before.t.at(-1) ?? -1;
  const rest = after.t.findIndex((t) => t > last);
  if (rest < 0) return before;
  const tail = sliced(after, rest);
  const found = emptyColumns();
  for (const name of PLAIN_COLUMNS) {
    /** @type {any} */ (found)[name] = [...before[name], ...tail[name]];
  }
  for (const name of new Set([...Object.keys(before.layers), ...Object.keys(tail.layers)])) {
    const head = before.layers[name] ?? new Array(before.t.length).fill(null);
    found.layers[name] = [...head, ...(tail.layers[name] ?? new Array(tail.t.length).fill(null))];
  }
  return found;
}
