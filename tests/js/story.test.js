import assert from "node:assert/strict";
import { test } from "node:test";
import { Readings } from "../../static/js/map/readings.js";
import { storyOf, urgency } from "../../static/js/map/story.js";

const WIRE = {
  id: "a>b",
  from: "a",
  to: "b",
  dependency: { name: "a:b" },
  links: [0],
  callers: ["a-1", "a-2"],
};
const STATE = { links: [{ name: "a-1→b-1", enabled: true, toxics: [] }], faults: [] };
const FRAME = { calls: {} };

/** @param {number[]} counts by outcome */
function reading(counts, p99_ms = 20) {
  return { counts, per_s: counts.reduce((sum, one) => sum + one, 0), p99_ms };
}

const breakers = (...states) => ({
  calls: {
    "a:b": {
      patterns: Object.fromEntries(
        states.map((state, index) => [
          `a-${index + 1}`,
          { breaker: { state, retry_in_s: state === "open" ? 4.27 : null, permits: { total: 3, returned: 1 } } },
        ]),
      ),
    },
  },
});

test("a wire that is well says nothing", () => {
  const story = storyOf(WIRE, STATE, FRAME, reading([40, 2, 0, 0, 0, 0, 0]));
  assert.deepEqual(
    [story.worst, story.bad_ratio, story.p99_ms, story.circuit, story.block, story.strain],
    [-1, 0, null, null, null, ""],
  );
});

test("it names the commonest bad outcome and the share of all bad ones", () => {
  const story = storyOf(WIRE, STATE, FRAME, reading([6, 0, 1, 3, 0, 0, 0]));
  assert.equal(story.worst, 3);
  assert.equal(story.bad_ratio, 0.4);
});

test("what a breaker turned away is told by the breaker, not as a share", () => {
  const story = storyOf(WIRE, STATE, breakers("open"), reading([0, 0, 0, 0, 0, 0, 9]));
  assert.equal(story.worst, -1);
  assert.equal(story.circuit.retry_in_s, 4.3);
});

test("of several breakers the worst is shown, with how many are tripped", () => {
  const { circuit } = storyOf(WIRE, STATE, breakers("closed", "half_open"), reading([1, 0, 0, 0, 0, 0, 0]));
  assert.equal(circuit.state, "half_open");
  assert.deepEqual([circuit.tripped, circuit.of], [1, 2]);
});

test("an opening breaker and a cut are urgent, a figure is not", () => {
  const calm = storyOf(WIRE, STATE, breakers("closed"), reading([10, 0, 0, 0, 0, 0, 0]));
  const busy = storyOf(WIRE, STATE, breakers("closed"), reading([90, 0, 0, 0, 0, 0, 0]));
  const open = storyOf(WIRE, STATE, breakers("open"), reading([10, 0, 0, 0, 0, 0, 0]));
  const links = [{ ...STATE.links[0], enabled: false }];
  const cut = storyOf(WIRE, { ...STATE, links }, breakers("closed"), reading([10, 0, 0, 0, 0, 0, 0]));
  assert.equal(urgency(calm), urgency(busy));
  assert.notEqual(urgency(calm), urgency(open));
  assert.notEqual(urgency(calm), urgency(cut));
});

test("a partition between zones stands between the rooms, one between services on the wire", () => {
  const fault = { kind: "partition", state: "active", links: ["a-1→b-1"], zones: [] };
  const with_ = (zones) => ({ ...STATE, faults: [{ ...fault, zones }] });
  assert.equal(storyOf(WIRE, with_(["x", "y"]), FRAME, reading([0, 0, 0, 0, 0, 0, 0])).block, "room_wall");
  assert.equal(storyOf(WIRE, with_([]), FRAME, reading([0, 0, 0, 0, 0, 0, 0])).block, "wall");
});

/** @param {number} n */
function frame(n, links, instances) {
  return { n, t: n / 10, links, instances };
}

test("rates count the frames that came, so that a slow viewer sees the same ones", () => {
  const every = new Readings();
  const fifth = new Readings();
  for (let n = 1; n <= 40; n += 1) {
    const one = frame(n, [[[4, 0, 0, 0, 0, 0, 0], 12]], [[0, 1, 0, 4, 0, 9, 0]]);
    every.add(one);
    if (n % 5 === 0) fifth.add(one);
  }
  assert.ok(Math.abs(every.links([0]).per_s - 40) < 1e-9);
  assert.ok(Math.abs(fifth.links([0]).per_s - 40) < 1e-9);
});

test("an instance without news is stale at once, and keeps no figures of its own", () => {
  const readings = new Readings();
  readings.add(frame(1, [], [[0, 2, 1, 4, 0, 9, 0]]));
  assert.equal(readings.instance(0).stale, false);
  readings.add(frame(2, [], [null]));
  assert.equal(readings.instance(0).stale, true);
});

test("another topology begins the window anew", () => {
  const readings = new Readings();
  readings.add(frame(1, [[[9, 0, 0, 0, 0, 0, 0], 1]], []));
  readings.add(frame(2, [[[1, 0, 0, 0, 0, 0, 0], 1], 0], []));
  assert.equal(readings.frames.length, 1);
});
