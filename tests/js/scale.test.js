import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nudged,
  positionOf,
  referenceMarks,
  scaleOf,
  TRAVEL,
  valueAt,
} from "../../static/js/inspector/scale.js";

const number = (fields) => ({
  name: "wait_s",
  kind: "number",
  default: 5,
  unit: "s",
  minimum: 0.1,
  maximum: 300,
  choices: null,
  help: "",
  reference: "",
  ...fields,
});

test("the slider's ends are the range's, in a share and in a time", () => {
  const share = scaleOf(
    number({ name: "failure_ratio", unit: "ratio", default: 0.5, minimum: 0.01, maximum: 1 }),
  );
  assert.equal(valueAt(share, 0), 0.01);
  assert.equal(valueAt(share, TRAVEL), 1);
  const time = scaleOf(number({}));
  assert.equal(valueAt(time, TRAVEL), 100, "twenty times the default, not five minutes");
});

test("a value survives the way to the slider and back, within what a hand can mean", () => {
  const scale = scaleOf(number({}));
  for (const value of [0.2, 1, 5, 42]) {
    assert.ok(Math.abs(valueAt(scale, positionOf(scale, value)) / value - 1) < 0.05, `${value}`);
  }
});

test("a value beyond the slider keeps it at its end", () => {
  const scale = scaleOf(number({}));
  assert.equal(positionOf(scale, 300), TRAVEL);
  assert.equal(positionOf(scale, -1), 0);
});

test("whole parameters give whole values", () => {
  const scale = scaleOf(number({ kind: "integer", default: 10, minimum: 1, maximum: 1000 }));
  for (let at = 0; at <= TRAVEL; at += 50) assert.ok(Number.isInteger(valueAt(scale, at)));
});

test("marks are the references' numbers in the parameter's own unit", () => {
  const marks = (reference, fields) => referenceMarks(number({ reference, ...fields }));
  assert.deepEqual(marks("resilience4j 60 s, Hystrix 5 s"), [60, 5]);
  assert.deepEqual(marks("Hystrix 500 ms"), [0.5]);
  assert.deepEqual(marks("Envoy 50 %", { name: "panic_ratio", unit: "ratio" }), [0.5]);
  assert.deepEqual(marks("gRPC none"), []);
});

test("a nudge moves by half of the leading digit, and not below the least", () => {
  const scale = scaleOf(number({}));
  assert.equal(nudged(scale, 0.3, 1), 0.35);
  assert.equal(nudged(scale, 5, -1), 4.5);
  assert.equal(nudged(scale, 0.1, -1), 0.1);
});
