import assert from "node:assert/strict";
import { test } from "node:test";
import {
  faultChoices,
  faultsTouching,
  sameTarget,
} from "../../static/js/inspector/fault_choices.js";
import { remainingWords } from "../../static/js/inspector/moment.js";

const kind = (name, layer, targets) => ({
  kind: name,
  title: name,
  verb: name,
  layer,
  targets,
  parameters: [],
  help: "",
});
const KINDS = [
  kind("crash", "process", ["instance", "service", "zone"]),
  kind("down", "link", ["link", "dependency"]),
  kind("partition", "network", ["pair"]),
  kind("lose_zone", "zone", ["zone"]),
];
const STATE = {
  zones: ["a", "b", "c"],
  dependencies: [
    { name: "users:gateway", caller: "users", callee: "gateway" },
    { name: "gateway:catalog", caller: "gateway", callee: "catalog" },
  ],
};
const target = (fields) => ({
  kind: "instance",
  name: "x",
  title: "x",
  about: "",
  instances: [],
  links: [],
  outgoing: [],
  incoming: [],
  ...fields,
});
const chosen = (about) =>
  faultChoices(KINDS, about, STATE).flatMap((group) =>
    group.choices.map((one) => `${one.kind.kind} ${one.target}`),
  );

test("only what fits the target is offered", () => {
  assert.deepEqual(chosen(target({ name: "catalog-1" })), ["crash catalog-1"]);
  assert.deepEqual(chosen(target({ kind: "link", name: "a→b" })), ["down a→b"]);
  assert.deepEqual(chosen(target({ kind: "users", name: "users" })), []);
});

test("a zone is partitioned from each other zone, and its own faults come first", () => {
  assert.deepEqual(chosen(target({ kind: "zone", name: "a" })), [
    "partition a|b",
    "partition a|c",
    "lose_zone a",
    "crash a",
  ]);
});

test("a service is partitioned from its neighbours, but not from the users", () => {
  const gateway = target({
    kind: "service",
    name: "gateway",
    incoming: ["users:gateway"],
    outgoing: ["gateway:catalog"],
  });
  assert.deepEqual(chosen(gateway), ["crash gateway", "partition gateway|catalog"]);
});

test("a fault touches what it strikes, whatever it was aimed at", () => {
  const fault = {
    target: "payments",
    instances: ["payments-1"],
    links: ["c-1→payments-1"],
    zones: [],
  };
  const about = (fields) => faultsTouching([fault], target(fields)).length;
  assert.equal(about({ name: "payments-1", instances: ["payments-1"] }), 1);
  assert.equal(about({ name: "catalog-1", instances: ["catalog-1"] }), 0);
  assert.equal(about({ kind: "link", name: "c-1→payments-1", links: ["c-1→payments-1"] }), 1);
});

test("both arrows are the same arrow", () => {
  assert.ok(sameTarget("a-1->b-1", "a-1→b-1"));
});

test("what is left of a fault is said as it stands", () => {
  const fault = { state: "active", starts_t: null, ends_t: null };
  assert.equal(remainingWords(fault, 5), "until healed");
  assert.equal(remainingWords({ ...fault, ends_t: 8 }, 5), "3.0 s left");
  assert.equal(remainingWords({ ...fault, state: "scheduled", starts_t: 7 }, 5), "starts in 2.0 s");
});
