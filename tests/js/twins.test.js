import assert from "node:assert/strict";
import { test } from "node:test";
import { singleChanges } from "../../static/js/shell/single_changes.js";
import { aligned, MEASURES, presentOf, verdict } from "../../static/js/twins/comparison.js";
import { differencesOf, nameOf } from "../../static/js/twins/differences.js";

const [served, , p95] = MEASURES;
const titleOf = (pattern) => pattern.replaceAll("_", " ");

/** @param {Record<string, unknown>} [given] */
function stateOf(given) {
  return {
    dependencies: [
      {
        name: "checkout:payments",
        caller: "checkout",
        callee: "payments",
        chain: [
          { pattern: "retry", enabled: false, attempts: 3 },
          { pattern: "balance", enabled: true, kind: "in_turn" },
        ],
      },
    ],
    services: [{ name: "payments", title: "Payments", replicas: 1, capacity: 8, queue: 16 }],
    users: { rate_per_s: 60, patience_s: 3, mix: [{ route: "/order", share: 1, priority: "default" }] },
    faults: [],
    ...given,
  };
}

/** @param {object[]} chain */
const withChain = (chain) => stateOf({ dependencies: [{ ...stateOf().dependencies[0], chain }] });

test("twins that are the same have no names", () => {
  assert.deepEqual(differencesOf(stateOf(), stateOf(), titleOf), []);
  assert.equal(nameOf([], "a"), "");
});

test("a pattern that is on in one of them gives both their names", () => {
  const [retry, balance] = stateOf().dependencies[0].chain;
  const found = differencesOf(stateOf(), withChain([{ ...retry, enabled: true }, balance]), titleOf);
  assert.deepEqual(found, [{ subject: "checkout → payments", a: "retry off", b: "retry on" }]);
  assert.equal(nameOf(found, "b"), "retry on");
});

test("a setting that differs is named with both values", () => {
  const [retry, balance] = stateOf().dependencies[0].chain;
  const found = differencesOf(stateOf(), withChain([{ ...retry, attempts: 5 }, balance]), titleOf);
  assert.deepEqual([found[0].a, found[0].b], ["retry: attempts 3", "retry: attempts 5"]);
});

test("the same layers in another order are a difference too", () => {
  const [retry, balance] = stateOf().dependencies[0].chain;
  const found = differencesOf(stateOf(), withChain([balance, retry]), titleOf);
  assert.deepEqual([found[0].a, found[0].b], ["retry ▸ balance", "balance ▸ retry"]);
});

test("a fault in only one of them is said of the other as not there", () => {
  const freeze = { kind: "hang", title: "Freeze", target: "payments-1", params: {}, state: "active" };
  const found = differencesOf(stateOf({ faults: [freeze] }), stateOf(), titleOf);
  assert.equal(nameOf(found, "a"), "freeze payments-1");
  assert.equal(nameOf(found, "b"), "without freeze payments-1");
});

test("services and users are compared, and further differences are counted", () => {
  const other = stateOf({
    services: [{ ...stateOf().services[0], replicas: 2, queue: null }],
    users: { ...stateOf().users, rate_per_s: 120 },
  });
  const found = differencesOf(stateOf(), other, titleOf);
  assert.deepEqual(found.map(({ b }) => b), ["2 replicas", "queue without a bound", "120/s"]);
  assert.equal(nameOf(found, "b"), "2 replicas, and 2 more");
});

test("rows of both stand at the same half second, whatever B began later", () => {
  const a = { times: [10, 10.5, 11], values: [1, 2, 3] };
  const b = { times: [3.02, 3.52], values: [7, 8] };
  assert.deepEqual(aligned(a, b, 7), { times: [10, 10.5, 11], a: [1, 2, 3], b: [7, 8, 8] });
});

test("what ended long ago is not carried on", () => {
  const a = { times: [1, 1.5, 2, 2.5, 3, 3.5], values: [1, 1, 1, 1, 1, 1] };
  const b = { times: [1], values: [5] };
  assert.deepEqual(aligned(a, b, 0).b, [5, null, null, null, null, null]);
});

/** @param {number} ok @param {number} failed a second */
function columnsOf(ok, failed, rows = 24) {
  const full = (value) => new Array(rows).fill(value);
  return {
    t: Array.from({ length: rows }, (_, row) => row / 2),
    offered: full(ok + failed), ok: full(ok), degraded: full(0), failed: full(failed),
    timed_out: full(0), refused: full(0), shed: full(0), short_circuited: full(0),
    p50_ms: full(10), p95_ms: full(null), p99_ms: full(30), layers: { front: full(1), shop: full(1.5) },
  };
}

test("present numbers are of the last ten seconds, and unknown while nothing is known", () => {
  assert.equal(presentOf(columnsOf(30, 10), served), 0.75);
  assert.equal(presentOf(columnsOf(30, 10), p95), null);
  assert.equal(presentOf(columnsOf(30, 10), MEASURES[3]), 2.5);
  assert.equal(presentOf(columnsOf(0, 0), served), null);
});

test("more is better for what is served, less for how long it takes", () => {
  assert.equal(verdict(served, 0.7, 0.9), "better");
  assert.equal(verdict(p95, 80, 300), "worse");
  assert.equal(verdict(served, 0.98, 0.985), "same");
  assert.equal(verdict(p95, null, 300), "unknown");
  assert.equal(served.gap(0.7, 0.9), "+20 points");
  assert.equal(p95.gap(300, 80), "−220 ms");
});

test("a twin may be made with one pattern switched, and nothing else changed", () => {
  const changes = singleChanges(stateOf(), titleOf);
  const retry = changes.find((one) => one.words === "retry on, checkout → payments");
  assert.deepEqual(retry.command.chain.map((layer) => layer.enabled), [true, true]);
  assert.equal(changes.some((one) => one.words.startsWith("balance")), false);
  assert.equal(changes[0].command.rate_per_s, 120);
});
