import assert from "node:assert/strict";
import { test } from "node:test";
import { paired, stateDiagram, wrapped } from "../../static/js/inspector/diagram.js";

const BREAKER = [
  ["closed", "open", "too many failed or slow"],
  ["open", "half_open", "the wait is over"],
  ["half_open", "closed", "enough probes were good"],
  ["half_open", "open", "probes failed, were slow, or hang"],
  ["closed", "forced_open", "by hand, from anywhere"],
  ["forced_open", "closed", "back to auto"],
].map(([from, to, label]) => ({ from, to, label }));
const STATES = ["closed", "open", "half_open", "forced_open"];

test("there and back between two states share one line with two heads", () => {
  const links = paired(BREAKER);
  assert.deepEqual(
    links.map((link) => link.length),
    [1, 2, 1, 2],
  );
});

test("every state is placed, none overlaps another, and each label is drawn", () => {
  const { states, arrows } = stateDiagram(STATES, BREAKER);
  assert.deepEqual(
    states.map((box) => box.name),
    STATES,
  );
  for (const one of states) {
    for (const other of states) {
      const apart =
        Math.abs(one.x - other.x) >= (one.width + other.width) / 2 ||
        Math.abs(one.y - other.y) >= (one.height + other.height) / 2;
      assert.ok(one === other || apart, `${one.name} and ${other.name}`);
    }
  }
  const words = arrows.flatMap((arrow) => arrow.lines).join(" ");
  for (const { label } of BREAKER) assert.ok(words.includes(label), label);
});

test("it fits a narrow column without being shrunk", () => {
  assert.ok(stateDiagram(STATES, BREAKER).width <= 340);
});

test("labels break between words only", () => {
  assert.deepEqual(wrapped("the wait is over", 9), ["the wait", "is over"]);
  assert.deepEqual(wrapped("supercalifragilistic", 5), ["supercalifragilistic"]);
});
