import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changedFields,
  followsPreset,
  moved,
  movedPatterns,
  PRESETS,
  withLayer,
  withPreset,
} from "../../static/js/inspector/chain.js";

const ORDER = ["fallback", "timeout", "retry", "breaker", "bulkhead", "attempt_timeout", "balance"];
const chain = ORDER.map((pattern) => ({ pattern, enabled: pattern === "balance" }));
const names = (layers) => layers.map((layer) => layer.pattern);

test("a moved layer stands where it was put, the others keep their order", () => {
  assert.deepEqual(names(moved(chain, 3, 1)), [
    "fallback",
    "breaker",
    "timeout",
    "retry",
    "bulkhead",
    "attempt_timeout",
    "balance",
  ]);
  assert.deepEqual(names(chain), ORDER);
});

test("balance stays innermost, whatever is asked", () => {
  assert.equal(moved(chain, 6, 0), chain);
  assert.equal(moved(chain, 5, 6), chain);
  assert.deepEqual(names(moved(chain, 0, 99)).slice(-2), ["fallback", "balance"]);
});

test("nothing moves beyond the outermost place or from a place that is not there", () => {
  assert.equal(moved(chain, 0, -1), chain);
  assert.equal(moved(chain, 99, 0), chain);
});

test("a preset switches both on and turns their order only if it must", () => {
  const [retryOutside, breakerOutside] = PRESETS;
  const one = withPreset(chain, retryOutside);
  assert.deepEqual(names(one), ORDER);
  assert.ok(followsPreset(one, retryOutside));
  const other = withPreset(one, breakerOutside);
  assert.ok(followsPreset(other, breakerOutside) && !followsPreset(other, retryOutside));
  assert.equal(names(other).indexOf("breaker") + 1, names(other).indexOf("retry"));
});

test("a preset is not followed while one of the two is off", () => {
  assert.equal(followsPreset(chain, PRESETS[0]), false);
});

test("moving one layer marks that one, not all that made room", () => {
  assert.deepEqual([...movedPatterns(moved(chain, 0, 5), chain)], ["fallback"]);
  assert.equal(movedPatterns(chain, chain).size, 0);
});

test("changed fields are those that differ from the scenario, lists by content", () => {
  const authored = { pattern: "retry", enabled: false, attempts: 3, on: ["failed"] };
  assert.deepEqual(changedFields({ ...authored, on: ["failed"] }, authored), []);
  assert.deepEqual(changedFields({ ...authored, enabled: true, attempts: 4 }, authored), [
    "enabled",
    "attempts",
  ]);
});

test("a changed layer leaves the others as they are", () => {
  const next = withLayer(chain, "retry", { enabled: true, attempts: 2 });
  assert.deepEqual(next[2], { pattern: "retry", enabled: true, attempts: 2 });
  assert.equal(next[0], chain[0]);
});
