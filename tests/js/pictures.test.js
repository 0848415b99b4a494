import assert from "node:assert/strict";
import { test } from "node:test";
import { curvePath, HEIGHT, heightOf, WIDTH } from "../../static/js/inspector/curve.js";
import { ejectionLevel } from "../../static/js/inspector/ejection.js";
import {
  admissionLevel,
  fillLevel,
  intervalLevel,
  neededLevel,
  slowLevel,
  waitingLevel,
  waitLevel,
} from "../../static/js/inspector/guard_levels.js";
import { askedLevel, bucketLevel, budgetLevel } from "../../static/js/inspector/levels.js";
import { changeOf, sharesOf, shareWords } from "../../static/js/inspector/parts.js";
import { suspicionWords } from "../../static/js/inspector/suspicion.js";
import { NOW, raceLanes, waitLanes, waitSpan_s } from "../../static/js/inspector/time_lines.js";

const tokens = (left) => ({ kind: "tokens", left, full: 10, floor: 5, unit: "tokens" });

test("a budget of tokens is low at its floor, since more than half are needed", () => {
  assert.deepEqual(budgetLevel(tokens(5.1)), {
    share: 0.51,
    marks: [0.5],
    words: "5.1 of 10 tokens",
    tone: "plain",
  });
  assert.equal(budgetLevel(tokens(5)).tone, "low");
  assert.equal(budgetLevel(null), null);
});

test("a budget of deposits has no upper end, and grants a retry at its floor", () => {
  const deposits = { kind: "deposits", left: 1, full: null, floor: 1, unit: "retries" };
  assert.equal(budgetLevel(deposits).tone, "plain");
  assert.equal(budgetLevel(deposits).words, "1.0 retries");
  assert.ok(budgetLevel({ ...deposits, left: 1e6 }).share < 1);
  assert.equal(budgetLevel({ ...deposits, left: 0.9 }).tone, "low");
});

test("a budget that grants nothing at all is an empty bar", () => {
  const none = { kind: "concurrent", left: 0, full: 0, floor: 1, unit: "retries" };
  assert.equal(budgetLevel(none).share, 0);
});

test("a bucket says its level and how fast it fills", () => {
  const level = bucketLevel({ tokens: 0.4, burst: 10, rate_per_s: 50 });
  assert.deepEqual([level.words, level.tone], ["0.4 of 10, +50/s", "low"]);
});

test("a throttle refuses beyond K times what was accepted", () => {
  assert.deepEqual(askedLevel({ requests: 30, accepts: 10 }, 2).marks, [20 / 30]);
  assert.equal(askedLevel({ requests: 30, accepts: 10 }, 2).tone, "over");
  assert.equal(askedLevel({ requests: 0, accepts: 0 }, 2).tone, "plain");
});

test("CoDel's wait is bad from the target on, and its interval says the pace when it drops", () => {
  assert.equal(waitLevel({ sojourn_s: 0.05, target_s: 0.05 }).tone, "over");
  const codel = { state: "passing", above_for_s: 0.25, interval_s: 0.5, pace_s: null };
  assert.equal(intervalLevel(codel).words, "0.3 s of 500 ms");
  const dropping = { ...codel, state: "dropping", pace_s: 0.1234 };
  assert.equal(intervalLevel(dropping).words, "drops one each 120 ms");
});

test("what fills up, is needed or is slow is over at its line", () => {
  assert.equal(admissionLevel({ limit: 10 }, 10).tone, "over");
  assert.equal(admissionLevel({ limit: 10 }, 9).tone, "plain");
  const classes = { sheddable_ratio: 0.3, default_ratio: 0.7 };
  assert.deepEqual(fillLevel({ fill_ratio: 0.3 }, classes).marks, [0.3, 0.7]);
  assert.equal(fillLevel({ fill_ratio: 0.3 }, classes).tone, "over");
  assert.equal(neededLevel({ needed_s: 0.2, left_s: null }).words, "200 ms, no deadline");
  assert.equal(neededLevel({ needed_s: 0.2, left_s: 0.8 }).share, 0.25);
  assert.equal(neededLevel({ needed_s: 0.2, left_s: -1 }).words, "its time is over");
  assert.equal(slowLevel({ slow_s: 0.3, target_s: 0.3 }).tone, "plain");
  const adaptive = { order: "adaptive", threshold: 2 };
  assert.equal(waitingLevel({ waiting: 9, workers: 4 }, adaptive).tone, "over");
  assert.deepEqual(
    waitingLevel({ waiting: 9, workers: 4 }, { ...adaptive, order: "lifo" }).marks,
    [],
  );
});

test("a record of an older version has a dash for what it does not tell", () => {
  assert.equal(intervalLevel({ state: "passing" }).words, "– of –");
  assert.equal(neededLevel({}).words, "–, no deadline");
  assert.equal(slowLevel({}).words, "–, target –");
  assert.equal(waitingLevel({}, { order: "lifo" }).words, "–");
  assert.equal(intervalLevel({ state: "passing" }).share, 0);
  assert.equal(waitingLevel({}, { order: "lifo" }).share, 0);
});

test("an ejected instance counts down; another says how near it is", () => {
  const outliers = {
    out: { "a-1": { left_s: 2, lasts_s: 8, reason: "5 failures in a row" } },
    in_a_row: { "a-1": 0, "a-2": 3 },
    shares: { "a-2": 0.626 },
  };
  assert.equal(ejectionLevel(outliers, "a-1", 5).words, "⊘ out, back in 2.0 s");
  assert.equal(ejectionLevel(outliers, "a-1", 5).share, 0.25);
  assert.equal(ejectionLevel(outliers, "a-2", 5).words, "3 of 5 bad, 63 % good");
});

const retry = (attempts, more = {}) => {
  return { attempts, backoff: "exponential", base_s: 0.5, multiplier: 2, cap_s: 9, ...more };
};

test("the line of waits is as long as the settings make them, so that it does not dance", () => {
  assert.equal(waitSpan_s(retry(3, { base_s: 0.1 })), 0.8);
  assert.equal(waitSpan_s(retry(3, { base_s: 0.001 })), 0.4);
  assert.equal(waitSpan_s(retry(9)), 4);
  assert.equal(waitSpan_s(retry(9, { backoff: "fixed", base_s: 0.2 })), 0.8);
});

test("waits are lanes by attempt, past ones before now and the present one after it", () => {
  const lanes = waitLanes(
    [
      [2, 0.5, 1],
      [0.1, 0.4, 2],
    ],
    retry(3),
  );
  assert.deepEqual(
    lanes.map((lane) => [lane.name, lane.words, lane.bars.map((bar) => bar.tone)]),
    [
      ["after 1", "waited 500 ms", ["over"]],
      ["after 2", "waited 400 ms", ["waiting"]],
    ],
  );
  assert.ok(lanes[0].bars[0].to < NOW && lanes[1].bars[0].to > NOW);
  assert.equal(waitLanes([], retry(10)).length, 4);
  assert.equal(waitLanes([[0, 1, 9]], retry(10))[3].bars.length, 1);
});

test("a race says who won, who was called off, and who was never asked", () => {
  const race = { asked_s: [0, 0.1], took_s: 0.125, winner: 1 };
  assert.deepEqual(
    raceLanes(race, 2).map((lane) => [lane.name, lane.words]),
    [
      ["First", "called off after 125 ms"],
      ["Hedge 1", "won after 25 ms"],
      ["Hedge 2", "not asked"],
    ],
  );
  assert.equal(raceLanes(race, 1)[1].bars[0].from, 0.8);
  assert.equal(raceLanes(null, 1)[0].words, "no race yet");
});

test("counters are told by what they grew, from nothing if they began anew", () => {
  const at = (t, ok, bad) => ({ t, figure: ok === null ? null : { ok, bad } });
  const keys = ["ok", "bad"];
  assert.deepEqual(changeOf([at(0, 5, 0), at(4, 7, 1), at(12, 9, 4)], keys, 10), [2, 3]);
  assert.deepEqual(changeOf([at(0, 5, 0), at(60, 9, 4)], keys, 10), [4, 4]);
  assert.deepEqual(changeOf([at(0, 50, 0), at(1, 3, 1)], keys, 10), [3, 1]);
  assert.deepEqual(changeOf([at(0, null)], keys, 10), [0, 0]);
  assert.deepEqual(sharesOf([1, 3]), [0.25, 0.75]);
  assert.equal(sharesOf([0, 0]), null);
  assert.deepEqual([0, 0.001, 0.5, 0.998, 1].map(shareWords), [
    "0 %",
    "< 1 %",
    "50 %",
    "> 99 %",
    "100 %",
  ]);
});

test("a curve ends at the right edge, leaves gaps and stays within its box", () => {
  const points = [6, 7, 8, 9, 10].map((t) => ({ t, figure: t === 8 ? null : t }));
  const path = curvePath(points, 10, 8);
  assert.equal(path.match(/M/g).length, 2);
  assert.ok(path.endsWith(`L${WIDTH.toFixed(1)} 0.0`));
  assert.equal(heightOf(-1, 8), HEIGHT);
  assert.equal(curvePath([], 10, 8), "");
});

test("when time flies a curve shows the last frames, however far apart", () => {
  const points = [0, 100, 200, 300].map((t) => ({ t, figure: 1 }));
  assert.ok(curvePath(points, 10, 2).startsWith("M0.0 "));
});

test("a suspicion is said against its threshold", () => {
  assert.equal(
    suspicionWords({ suspicion: 3.14, threshold: 8, counts: { mistakes: 0 } }),
    "3.1 of 8",
  );
  assert.equal(
    suspicionWords({ suspicion: 99, threshold: 8, counts: { mistakes: 2 } }),
    "99+ of 8, 2 mistakes",
  );
  assert.equal(suspicionWords(null), "–");
});
