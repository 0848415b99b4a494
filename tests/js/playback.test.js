import assert from "node:assert/strict";
import { test } from "node:test";
import { momentAt, momentByKey, shareAt } from "../../static/js/playback/scrub.js";
import { nextSpeed, SPEEDS, speedWords } from "../../static/js/playback/speeds.js";
import { trackMarks } from "../../static/js/playback/track_marks.js";
import { clockWords } from "../../static/js/clock_words.js";

const stretch = { from_t: 0, to_t: 80 };

test("the track's ends are the first moment and now", () => {
  assert.equal(momentAt(0, stretch), 0);
  assert.equal(momentAt(1, stretch), 80);
  assert.equal(momentAt(0.5149, stretch), 41.2);
  assert.equal(shareAt(40, stretch), 0.5);
  assert.equal(shareAt(90, stretch), 1);
});

test("a lab that has just begun is at its end", () => {
  assert.equal(shareAt(0, { from_t: 0, to_t: 0 }), 1);
});

test("arrows go one second, with Shift ten, and never over the ends", () => {
  const press = (key, shiftKey = false) => momentByKey(41.2, { key, shiftKey }, stretch);
  assert.equal(press("ArrowLeft"), 40.2);
  assert.equal(press("ArrowRight", true), 51.2);
  assert.equal(press("Home"), 0);
  assert.equal(press("x"), null);
  assert.equal(momentByKey(0.4, { key: "ArrowLeft", shiftKey: false }, stretch), 0);
  assert.equal(momentByKey(75, { key: "ArrowRight", shiftKey: true }, stretch), 80);
});

test("speeds go up and down one by one, up to as fast as it goes", () => {
  assert.equal(nextSpeed(1, 1), 2);
  assert.equal(nextSpeed(1, -1), 0.5);
  assert.equal(nextSpeed(16, 1), null);
  assert.equal(nextSpeed(null, 1), null);
  assert.equal(nextSpeed(null, -1), 16);
  assert.equal(nextSpeed(0.25, -1), 0.25);
  assert.deepEqual(SPEEDS.map(speedWords).slice(0, 3), ["¼×", "½×", "1×"]);
});

test("of events that would cover each other the most telling one stands on the track", () => {
  const event = (id, t, kind) => ({ id, t, kind, subject: "a", by: null, text: kind, detail: {} });
  const crowd = [
    event(1, 10, "process_up"),
    event(2, 10.1, "fault_on"),
    event(3, 10.2, "health"),
    event(4, 60, "process_up"),
    event(5, 90, "fault_on"),
    event(6, 12, "something_new"),
  ];
  assert.deepEqual(trackMarks(crowd, stretch, 400).map((mark) => mark.event.id), [2, 4]);
});

test("a minute that is nearly full is not said to have sixty seconds", () => {
  assert.equal(clockWords(59.97, 1), "1:00.0");
  assert.equal(clockWords(59.6), "1:00");
});
