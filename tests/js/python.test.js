import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { pythonLines } from "../../static/js/inspector/python.js";

const PATTERNS = new URL("../../lab/patterns/", import.meta.url);
const kinds = (line) => pythonLines(line)[0].map(({ kind, text }) => [kind, text]);

test("no character of any pattern's source is lost or moved to another line", () => {
  for (const name of readdirSync(PATTERNS).filter((one) => one.endsWith(".py"))) {
    const source = readFileSync(new URL(name, PATTERNS), "utf8");
    const back = pythonLines(source).map((line) => line.map((piece) => piece.text).join(""));
    assert.equal(back.join("\n"), source.replace(/\n$/, ""), name);
  }
});

test("a string over several lines is a string on each of them", () => {
  const lines = pythonLines('"""one\ntwo"""\nx = 1');
  assert.deepEqual(lines[0], [{ kind: "string", text: '"""one' }]);
  assert.deepEqual(lines[1], [{ kind: "string", text: 'two"""' }]);
});

test("a definition's name, a decorator, a comment and a number are told apart", () => {
  assert.deepEqual(kinds("def wait_s(x):")[2], ["name", "wait_s"]);
  assert.deepEqual(kinds("@dataclass")[0], ["decorator", "@dataclass"]);
  assert.deepEqual(kinds("# why")[0], ["comment", "# why"]);
  assert.deepEqual(kinds("1_000.5")[0], ["number", "1_000.5"]);
  assert.deepEqual(kinds('rf"{a}"')[0], ["string", 'rf"{a}"']);
});

test("a hash in a string begins no comment, a quote in a comment no string", () => {
  assert.deepEqual(kinds('"# not"')[0], ["string", '"# not"']);
  assert.deepEqual(kinds('# "not')[0], ["comment", '# "not']);
});
