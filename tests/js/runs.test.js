import assert from "node:assert/strict";
import { test } from "node:test";
import { commandWords, lengthWords, sizeWords } from "../../static/js/runs/words.js";
import { catalogue } from "../../static/js/store.js";

test("a length is said in the two largest units that matter", () => {
  assert.equal(lengthWords(4.4), "4 s");
  assert.equal(lengthWords(59.6), "1 min");
  assert.equal(lengthWords(200), "3 min 20 s");
  assert.equal(lengthWords(3600), "1 h");
  assert.equal(lengthWords(3900), "1 h 5 min");
});

test("a size is in kilobytes, then in megabytes", () => {
  assert.equal(sizeWords(120), "1 kB");
  assert.equal(sizeWords(668_212), "668 kB");
  assert.equal(sizeWords(16 * 2 ** 20), "16.8 MB");
});

test("a command is said by the verb that its button has", () => {
  const fields = { command: "inject_fault", kind: "hang", target: "payments-1" };
  assert.equal(commandWords({ t: 1, fields }), "hang payments-1");
  catalogue.value = /** @type {any} */ ({ faults: [{ kind: "hang", verb: "Freeze" }] });
  assert.equal(commandWords({ t: 1, fields }), "freeze payments-1");
});

test("a command that nobody knows keeps its name", () => {
  assert.equal(commandWords({ t: 1, fields: { command: "paint" } }), "paint");
});
