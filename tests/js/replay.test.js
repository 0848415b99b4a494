import assert from "node:assert/strict";
import { test } from "node:test";
import { viewAt } from "../../static/js/charts/view_at.js";
import { joined } from "../../static/js/columns.js";
import { Known } from "../../static/js/known.js";
import { MotionClock } from "../../static/js/map/motion_clock.js";
import { Replay } from "../../static/js/playback/replay.js";

const LONG = { layers: {} };
for (const name of ["t", "offered", "ok", "degraded", "failed", "timed_out", "refused", "shed", "short_circuited", "p50_ms", "p95_ms", "p99_ms"]) LONG[name] = [];

const hello = (t) => ({ type: "hello", state: { t }, history: structuredClone(LONG), events: [], traces: [] });
const event = (t) => [t, "event", { type: "event", id: t * 10, t, kind: "lab", text: "" }];

/** A record of one event a second; `calls` are those that were made. */
function recordOf(calls = [], most = 100) {
  return {
    calls,
    async moment(t) {
      calls.push(["moment", t]);
      return hello(t);
    },
    async span(from_t, to_t) {
      calls.push(["span", from_t, to_t]);
      const all = [];
      for (let t = Math.ceil(from_t); t <= to_t; t += 1) all.push(event(t));
      return { messages: all.slice(0, most), next_t: all.length > most ? all[most][0] : null };
    },
  };
}

/** @param {object} record */
function replayOf(record) {
  const seen = [];
  const replay = new Replay(record, (known, t) => seen.push([known.events.length, t]), (error) => seen.push(error));
  return { replay, seen };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test("a moment is shown as somebody who joined just then would have seen it", async () => {
  const { replay, seen } = replayOf(recordOf());
  await replay.seek(12);
  assert.deepEqual(seen, [[0, 12]]);
  assert.equal(replay.known.t, 12);
});

test("while one moment is fetched only the last one wanted comes next", async () => {
  const record = recordOf();
  const { replay, seen } = replayOf(record);
  const first = replay.seek(10);
  for (const t of [11, 12, 13]) replay.seek(t);
  await first;
  assert.deepEqual(record.calls.slice(0, 2), [["moment", 10], ["moment", 13]]);
  assert.equal(seen.at(-1)[1], 13);
});

test("going on takes in each message once, and only those whose time has come", async () => {
  const { replay } = replayOf(recordOf());
  await replay.seek(10);
  replay.advance(10.1, 60, 1);
  await settled();
  assert.equal(replay.advance(12.5, 60, 1), 12.5);
  assert.deepEqual(replay.known.events.map(({ t }) => t), [11, 12]);
  replay.advance(14, 60, 1);
  await settled();
  replay.advance(17, 60, 1);
  assert.deepEqual(replay.known.events.map(({ t }) => t), [11, 12, 13, 14, 15, 16, 17].slice(0, replay.known.events.length));
  assert.equal(new Set(replay.known.events.map(({ id }) => id)).size, replay.known.events.length);
});

test("a long stretch comes in parts and nothing is lost between them", async () => {
  const { replay } = replayOf(recordOf([], 2));
  await replay.seek(0);
  for (let t = 0; t <= 8; t += 0.5) {
    replay.advance(t, 60, 1);
    await settled();
  }
  const times = replay.known.events.map(({ t }) => t);
  assert.deepEqual(times, times.map((_, index) => index + 1));
  assert.ok(times.length >= 6);
});

test("what cannot be had is said, and the moment before it stays", async () => {
  const error = { code: "gone", message: "nothing is kept of 3 s" };
  const { replay, seen } = replayOf({ ...recordOf(), moment: () => Promise.reject(error) });
  await replay.seek(3);
  assert.deepEqual(seen, [error]);
});

test("what is kept aside does not learn what comes later", () => {
  const known = new Known();
  known.take(hello(1));
  const row = { ...Object.fromEntries(Object.keys(LONG).map((name) => [name, 1])), layers: {} };
  known.take({ type: "frame", n: 1, t: 1, links: [], row });
  const kept = known.copy();
  known.take({ type: "frame", n: 2, t: 2, links: [], row: { ...row, t: 2 } });
  assert.deepEqual([kept.rows.t, known.rows.t], [[1], [1, 2]]);
});

test("curves go on after the moment that is looked at", () => {
  const before = { ...structuredClone(LONG), t: [1, 2], layers: { shop: [1, 1] } };
  const after = { ...structuredClone(LONG), t: [2, 3, 4], layers: { store: [5, 6, 7] } };
  assert.deepEqual(joined(before, after).t, [1, 2, 3, 4]);
  assert.deepEqual(joined(before, after).layers, { shop: [1, 1, null, null], store: [null, null, 6, 7] });
});

test("the view stays at now while the moment is in it, and else goes where the moment is", () => {
  assert.deepEqual(viewAt([80], undefined, 60), { from: 20, to: 80 });
  assert.deepEqual(viewAt([80], 41, 60), { from: 20, to: 80 });
  assert.deepEqual(viewAt([80], 10, 60), { from: -35, to: 25 });
});

test("what travels slows down with the lab, stands still with it, and never races", () => {
  const clock = new MotionClock();
  clock.at(1000);
  clock.go(0.25, 1000);
  assert.equal(clock.at(1040), 10);
  clock.go(0, 1040);
  assert.equal(clock.at(9000), 10);
  clock.skip(5);
  assert.equal(clock.at(9040), 15);
  clock.go(40, 9040);
  assert.equal(clock.at(9060), 95);
});
