import assert from "node:assert/strict";
import { test } from "node:test";
import { clockWords } from "../../static/js/clock_words.js";
import { pairs, pairWords } from "../../static/js/timeline/chains.js";
import { lookOf } from "../../static/js/timeline/kinds.js";
import { marksOf, spansOf } from "../../static/js/timeline/lanes.js";

/** @param {Record<string, unknown>} given */
function event(given) {
  return { id: 1, t: 1, kind: "lab", subject: "shop", by: null, text: "", detail: {}, cause: null, after_s: null, ...given };
}

const freeze = event({ id: 7, t: 10, kind: "fault_on", subject: "payments-1", text: "freeze payments-1" });
const opened = event({
  id: 9,
  t: 12.1,
  kind: "breaker",
  subject: "checkout:payments",
  by: "checkout-1",
  text: "breaker open: 6 of 10 calls failed (threshold 50 %)",
  detail: { to: "open" },
  cause: 7,
  after_s: 2.1,
});

test("cause and effect are said in one line, with the reason", () => {
  assert.equal(
    pairWords({ cause: freeze, effect: opened }),
    "freeze payments-1 → checkout:payments breaker open at checkout-1 after 2.1 s (6 of 10 calls failed)",
  );
});

test("only effects in view are paired, whenever their cause was", () => {
  assert.deepEqual(pairs([freeze, opened], 11), [{ cause: freeze, effect: opened }]);
  assert.deepEqual(pairs([freeze, opened], 13), []);
});

test("an effect whose cause was forgotten stands alone", () => {
  assert.deepEqual(pairs([opened], 0), []);
});

test("the lab's clock reads minutes and seconds", () => {
  assert.equal(clockWords(0), "0:00");
  assert.equal(clockWords(65.24, 1), "1:05.2");
});

test("a breaker's state is a shape, not only a colour", () => {
  const shapes = ["open", "half_open", "closed"].map((to) => lookOf({ ...opened, detail: { to } }).path);
  assert.equal(new Set(shapes).size, 3);
});

test("words stand only where the next mark leaves room for them", () => {
  const crowd = [10, 10.2, 10.4, 30].map((t, id) => event({ id, t, kind: "process_up", subject: "api-1" }));
  const words = marksOf(crowd, 10, 600).map((mark) => mark.words);
  assert.deepEqual(words, ["", "", "api-1 up", "api-1 up"]);
});

test("a fault lasts until it is healed, or until now while it is on", () => {
  const healed = event({ id: 8, t: 20, kind: "fault_off", subject: "payments-1", cause: 7 });
  assert.deepEqual(spansOf([freeze, healed], 1, 50, () => false), [{ id: 7, from: 10, to: 20, lane: 0 }]);
  assert.deepEqual(spansOf([freeze], 1, 50, () => true), [{ id: 7, from: 10, to: 50, lane: 0 }]);
  assert.deepEqual(spansOf([freeze], 1, 50, () => false), [], "a crash is over at once");
});
