import assert from "node:assert/strict";
import { test } from "node:test";
import { layerWords, nesting } from "../../static/js/inspector/layer_words.js";
import { mixWith } from "../../static/js/inspector/mix.js";
import {
  milliseconds,
  percent,
  perSecond,
  seconds,
  sentence,
  ticking,
} from "../../static/js/inspector/words.js";

test("quantities have a unit and no trailing zeros", () => {
  assert.equal(seconds(0.05), "50 ms");
  assert.equal(seconds(1.5), "1.5 s");
  assert.equal(seconds(125), "2 min 5 s");
  assert.equal(seconds(0), "0 s");
  assert.equal(milliseconds(0.234), "0.23 ms");
  assert.equal(milliseconds(123.4), "123 ms");
  assert.equal(milliseconds(1234), "1.23 s");
  assert.equal(percent(0.5), "50 %");
  assert.equal(perSecond(0), "0/s");
  assert.equal(perSecond(41.7), "42/s");
});

test("what is not known is a dash", () => {
  for (const words of [seconds, milliseconds, percent, perSecond, ticking]) {
    assert.equal(words(null), "–");
  }
});

test("a countdown keeps its one decimal and never shows less than nothing", () => {
  assert.equal(ticking(3), "3.0 s");
  assert.equal(ticking(-0.2), "0.0 s");
});

test("a sentence begins large and ends with a stop, but a name stays as it is", () => {
  assert.equal(sentence("attempts is 99"), "Attempts is 99.");
  assert.equal(sentence("payments-1 obeyed: freeze"), "payments-1 obeyed: freeze.");
  assert.equal(sentence("did you mean payments-1?"), "Did you mean payments-1?");
  assert.equal(sentence(null), "");
});

test("the enabled patterns nest, the others are left out", () => {
  const chain = [
    { pattern: "fallback", enabled: true },
    { pattern: "retry", enabled: false },
    { pattern: "breaker", enabled: true },
  ];
  assert.equal(nesting(chain), "fallback( breaker( call ))");
  assert.equal(nesting([]), "call");
});

test("a layer is said in a line, a steered breaker as what it does", () => {
  const breaker = {
    pattern: "breaker",
    enabled: true,
    window: "count",
    window_calls: 10,
    minimum_calls: 5,
    failure_ratio: 0.5,
    wait_s: 5,
    permits: 1,
    mode: "auto",
  };
  assert.equal(layerWords(breaker), "opens at 50 % of 10 calls (from 5), waits 5 s, 1 probe");
  assert.match(layerWords({ ...breaker, mode: "forced_open" }), /nothing through/);
  assert.match(layerWords({ pattern: "mirror", enabled: true, delay_s: 0.1 }), /delay s 0.1/);
});

test("one route's share leaves the rest to the others, in their proportions", () => {
  const mix = [
    { route: "/a", share: 0.5, priority: "default" },
    { route: "/b", share: 0.4, priority: "default" },
    { route: "/c", share: 0.1, priority: "default" },
  ];
  assert.deepEqual(
    mixWith(mix, "/a", 0).map((one) => one.share),
    [0, 0.8, 0.2],
  );
  assert.deepEqual(
    mixWith(mixWith(mix, "/a", 1), "/a", 0.5).map((one) => one.share),
    [0.5, 0.25, 0.25],
  );
  assert.equal(mixWith(mix.slice(0, 1), "/a", 0.2)[0].share, 1);
});
