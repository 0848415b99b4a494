import assert from "node:assert/strict";
import { test } from "node:test";
import { spread } from "../../static/js/charts/labels.js";
import { niceTop } from "../../static/js/charts/nice.js";
import { answerLines, layerLines } from "../../static/js/charts/series.js";
import { emptyColumns, extended, PLAIN_COLUMNS } from "../../static/js/columns.js";
import { shaped } from "../../static/js/shaped.js";

/** @param {Record<string, number>} counts */
function row(t, counts, layers = {}) {
  const zeros = Object.fromEntries(PLAIN_COLUMNS.map((name) => [name, 0]));
  return { ...zeros, t, ...counts, layers };
}

test("columns stay equally long, also for a service that came later, and forget the oldest", () => {
  let columns = emptyColumns();
  columns = extended(columns, row(0.5, { ok: 1 }, { api: 1 }), 3);
  columns = extended(columns, row(1, { ok: 2 }, { api: 1, db: 2 }), 3);
  assert.deepEqual(columns.layers, { api: [1, 1], db: [null, 2] });
  for (const t of [1.5, 2]) columns = extended(columns, row(t, { ok: 3 }, { db: 4 }), 3);
  assert.deepEqual(columns.t, [1, 1.5, 2]);
  assert.deepEqual(columns.layers.api, [1, null, null]);
});

test("a row that came already changes nothing", () => {
  const columns = extended(emptyColumns(), row(3, { ok: 1 }), 10);
  assert.equal(extended(columns, row(3, { ok: 9 }), 10), columns);
});

test("outcomes are stacked, and what our patterns turned away is one layer", () => {
  const given = { offered: 12, ok: 6, failed: 2, refused: 1, shed: 1, short_circuited: 2 };
  const { lines } = answerLines(extended(emptyColumns(), row(1, given), 10), 0, 1);
  const top = Object.fromEntries(lines.map((line) => [line.name, line.top[0]]));
  assert.deepEqual(top, { ok: 6, degraded: 6, failed: 8, timed_out: 8, refused: 12, offered: 12 });
});

test("a layer without height draws no line over the one below", () => {
  let columns = emptyColumns();
  [0, 0, 0, 5, 0, 0, 0].forEach((failed, index) => {
    columns = extended(columns, row(index, { ok: 10, failed }), 10);
  });
  const failed = answerLines(columns, 0, 1).lines.find((line) => line.name === "failed");
  assert.deepEqual(failed.drawn, [null, null, 10, 15, 10, null, null]);
});

test("a calm curve is the mean of what was, never of what comes", () => {
  let columns = emptyColumns();
  [0, 0, 9, 9].forEach((ok, index) => {
    columns = extended(columns, row(index, { ok }), 10);
  });
  const ok = answerLines(columns, 0, 3).lines[0];
  assert.deepEqual(ok.drawn, [0, 0, 3, 6]);
  assert.deepEqual(ok.values, [0, 0, 9, 9], "what is read stays exact");
});

test("a service without rows has an empty line", () => {
  const columns = extended(emptyColumns(), row(1, {}), 10);
  assert.deepEqual(layerLines(columns, 0, [{ name: "db", title: "" }]).lines[0].values, [null]);
});

test("labels keep their order and their distance, and the least important goes first", () => {
  const wanted = [10, 12, 14, 60].map((y, index) => ({ y, height: 15, weight: index }));
  const places = spread(wanted, 0, 100);
  for (let index = 1; index < places.length; index += 1) assert.ok(places[index] - places[index - 1] >= 15);
  assert.deepEqual(
    spread(wanted, 0, 31).map((place) => place !== null),
    [false, false, true, true],
  );
});

test("labels at the lower edge are pushed up, not out", () => {
  const places = spread([98, 99, 99].map((y) => ({ y, height: 15, weight: 1 })), 0, 100);
  assert.ok(Math.max(...places) <= 92.5);
});

test("a scale ends round, just above its values", () => {
  assert.equal(niceTop(58), 80);
  assert.equal(niceTop(1.2), 1.6);
  for (const value of [0.3, 7, 99, 1234]) {
    assert.ok(niceTop(value) >= value && niceTop(value) < value * 1.7);
  }
});

test("a link's cell is counts and p99 apart, whichever way it came", () => {
  const cell = [[1, 0, 2, 0, 0, 0, 0], 12.5];
  assert.deepEqual(shaped({ links: [[1, 0, 2, 0, 0, 0, 0, 12.5], 0, cell] }).links, [cell, 0, cell]);
});
