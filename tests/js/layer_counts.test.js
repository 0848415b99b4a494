import assert from "node:assert/strict";
import { test } from "node:test";
import { countedWords } from "../../static/js/inspector/counted_words.js";
import { layerCounts } from "../../static/js/inspector/layer_counts.js";

const chain = (...patterns) => patterns.map((pattern) => ({ pattern, enabled: true }));

const step = (kind, start_ms, end_ms, outcome, rule = "") => ({
  id: `${kind} ${start_ms} ${end_ms}`,
  parent: "call",
  instance: "a-1",
  kind,
  name: "a-1→b",
  start_ms,
  end_ms,
  outcome,
  rule,
  attempt: 0,
});

const call = (end_ms, outcome) => ({ ...step("call", 0, end_ms, outcome), id: "call", parent: "" });

/** Three attempts that failed, with two waits between them. */
const TRIES = [
  step("attempt", 0, 10, "failed"),
  step("wait", 10, 30, "failed"),
  step("attempt", 30, 40, "timed_out"),
  step("wait", 40, 80, "timed_out"),
  step("attempt", 80, 90, "failed"),
];

const told = (counts) => counts.map((one) => [one.pattern, one.saw, one.tries, one.failed]);

test("inside a retry a breaker counts every try, outside of it the call", () => {
  assert.deepEqual(told(layerCounts(TRIES, call(90, "failed"), chain("retry", "breaker", "balance"))), [
    ["retry", 1, 3, 3],
    ["breaker", 3, 3, 3],
    ["balance", 3, 3, 3],
  ]);
  assert.deepEqual(told(layerCounts(TRIES, call(90, "failed"), chain("breaker", "retry", "balance"))), [
    ["breaker", 1, 1, 1],
    ["retry", 1, 3, 3],
    ["balance", 3, 3, 3],
  ]);
});

test("the time inside a retry is without its waits", () => {
  const counts = layerCounts(TRIES, call(90, "failed"), chain("retry", "breaker"));
  assert.deepEqual(
    counts.map((one) => one.spent_ms),
    [90, 30],
  );
});

test("a call that a retry saved failed for those inside, and not for those outside", () => {
  const saved = [...TRIES.slice(0, 4), step("attempt", 80, 90, "ok")];
  assert.deepEqual(told(layerCounts(saved, call(90, "ok"), chain("breaker", "retry", "balance"))), [
    ["breaker", 1, 1, 0],
    ["retry", 1, 3, 2],
    ["balance", 3, 3, 2],
  ]);
});

test("what a layer turned away is never seen further in, and no failure to a breaker", () => {
  const open = [step("rejected", 0, 0, "short_circuited", "the breaker is open")];
  assert.deepEqual(told(layerCounts(open, call(0, "short_circuited"), chain("breaker", "bulkhead"))), [
    ["breaker", 1, 0, 0],
    ["bulkhead", 0, 0, 0],
  ]);
  const full = [step("rejected", 0, 5, "refused", "bulkhead: all 4 permits are taken")];
  const patterns = chain("retry", "breaker", "bulkhead", "balance");
  assert.deepEqual(told(layerCounts(full, call(5, "refused"), patterns)), [
    ["retry", 1, 1, 1],
    ["breaker", 1, 1, 0],
    ["bulkhead", 1, 0, 0],
    ["balance", 0, 0, 0],
  ]);
});

test("a fallback hides a failure from those outside of it", () => {
  const spans = [...TRIES, step("fallback", 90, 90, "degraded", "a fixed answer")];
  assert.deepEqual(told(layerCounts(spans, call(90, "degraded"), chain("fallback", "retry"))), [
    ["fallback", 1, 1, 1],
    ["retry", 1, 3, 3],
  ]);
});

test("an answer from memory asks nobody; a rescue hides that asking failed", () => {
  const fresh = [step("cache", 0, 0, "ok", "from the cache, fresh")];
  assert.deepEqual(told(layerCounts(fresh, call(0, "ok"), chain("cache", "retry"))), [
    ["cache", 1, 0, 0],
    ["retry", 0, 0, 0],
  ]);
  const rescued = [step("attempt", 0, 9, "failed"), step("cache", 9, 9, "degraded", "9 s old")];
  assert.deepEqual(told(layerCounts(rescued, call(9, "degraded"), chain("cache", "breaker"))), [
    ["cache", 1, 1, 1],
    ["breaker", 1, 1, 1],
  ]);
});

test("a hedge makes attempts of one call, and the one called off did not fail", () => {
  const race = [
    step("attempt", 0, 50, "failed", "cancelled by the caller"),
    step("attempt", 40, 50, "ok"),
  ];
  assert.deepEqual(told(layerCounts(race, call(50, "ok"), chain("breaker", "hedge", "attempt_timeout"))), [
    ["breaker", 1, 1, 0],
    ["hedge", 1, 2, 0],
    ["attempt_timeout", 2, 2, 0],
  ]);
});

test("patterns that are off, and steps of other calls, do not count", () => {
  const off = [{ pattern: "retry", enabled: false }, ...chain("balance")];
  const other = { ...step("attempt", 0, 9, "failed"), parent: "another" };
  const counts = layerCounts([step("attempt", 0, 9, "ok"), other], call(9, "ok"), off);
  assert.deepEqual(told(counts), [["balance", 1, 1, 0]]);
});

test("a count is a line to read", () => {
  const count = { pattern: "breaker", saw: 3, tries: 3, failed: 1, spent_ms: 30 };
  assert.equal(countedWords(count), "saw 3, 1 failure, 30 ms");
  assert.equal(
    countedWords({ ...count, pattern: "retry", saw: 1, failed: 3 }),
    "saw 1, 3 tries, 3 failures, 30 ms",
  );
  assert.equal(countedWords({ ...count, tries: 2 }), "saw 3, 1 turned away, 1 failure, 30 ms");
  assert.equal(countedWords({ ...count, tries: 0 }), "saw 3, turned away");
  assert.equal(countedWords({ ...count, saw: 0, tries: 0 }), "never reached");
  assert.equal(countedWords(undefined), "–");
});
