import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks, traceRows } from "../../static/js/inspector/trace_rows.js";

const span = (id, parent, start_ms, end_ms, rule = "") => ({
  id,
  parent,
  instance: "a-1",
  kind: "call",
  name: "a→b",
  start_ms,
  end_ms,
  outcome: "ok",
  rule,
  attempt: 0,
});

test("parents come before children, children in the order they began", () => {
  const { rows } = traceRows([
    span("late", "user", 5, 9),
    span("user", "", 0, 10),
    span("early", "user", 1, 4),
    span("inner", "late", 6, 7),
  ]);
  assert.deepEqual(
    rows.map((row) => [row.span.id, row.depth]),
    [
      ["user", 0],
      ["early", 1],
      ["late", 1],
      ["inner", 2],
    ],
  );
});

test("a step whose parent is not known stands on its own", () => {
  const { rows } = traceRows([span("orphan", "gone", 2, 3)]);
  assert.equal(rows[0].depth, 0);
});

test("bars are shares of the whole, also of what outlived the request", () => {
  const { rows, end_ms } = traceRows([span("user", "", 0, 10), span("late", "user", 5, 20)]);
  assert.equal(end_ms, 20);
  assert.deepEqual([rows[1].left, rows[1].width], [0.25, 0.75]);
});

test("only the innermost step that gave a reason says it", () => {
  const { rows } = traceRows([
    span("user", "", 0, 9, "checkout failed: the breaker is open"),
    span("call", "user", 1, 8, "the breaker is open"),
    span("other", "user", 8, 9, "its turn"),
  ]);
  assert.deepEqual(
    rows.map((row) => row.rule),
    ["", "the breaker is open", "its turn"],
  );
});

test("nothing at all is no error", () => {
  assert.deepEqual(traceRows([]).rows, []);
});

test("ticks are round and few", () => {
  assert.deepEqual(ticks(69, 5), [0, 20, 40, 60]);
  assert.ok(ticks(1234, 5).length <= 6);
});
