import assert from "node:assert/strict";
import { test } from "node:test";
import { curvesOf, pointAt } from "../../static/js/map/curve.js";
import { placesOf } from "../../static/js/map/layout.js";
import { oneIn, Sampler } from "../../static/js/map/sampling.js";
import { sceneOf } from "../../static/js/map/scene.js";
import { spotsOf } from "../../static/js/map/spots.js";
import { placeOf, tripOf } from "../../static/js/map/trips.js";

const COLUMNS = [["users"], ["front"], ["shop", "search"], ["store"]];

/** @param {Record<string, number>} replicas instances of each service, spread over both zones */
function stateOf(replicas) {
  const zones = ["a", "b"];
  const services = Object.keys(replicas).map((name) => ({ name, title: name, zones }));
  const instances = services.flatMap(({ name }) =>
    Array.from({ length: replicas[name] }, (_, index) => ({
      name: `${name}-${index + 1}`,
      service: name,
      zone: zones[index % 2],
      state: "up",
    })),
  );
  const calls = [["users", "front"], ["front", "shop"], ["front", "search"], ["shop", "store"]];
  const dependencies = calls.map(([caller, callee]) => ({ name: `${caller}:${callee}`, caller, callee }));
  const of = (service) =>
    service === "users" ? ["users"] : instances.filter((one) => one.service === service).map((one) => one.name);
  const links = dependencies.flatMap(({ name, caller, callee }) =>
    of(caller).flatMap((from) =>
      of(callee).map((to) => ({ name: `${from}→${to}`, dependency: name, caller: from, callee: to })),
    ),
  );
  return { scenario: { name: "test" }, zones, services, instances, dependencies, links };
}

const small = stateOf({ front: 2, shop: 2, search: 1, store: 2 });
const crowded = stateOf({ front: 2, shop: 6, search: 4, store: 8 });

test("there is one wire for each pair of nodes that call each other", () => {
  const scene = sceneOf(crowded);
  const pairs = new Set(scene.wires.map((wire) => wire.id));
  assert.equal(pairs.size, scene.wires.length);
  assert.equal(scene.wires.reduce((sum, wire) => sum + wire.links.length, 0), crowded.links.length);
  crowded.links.forEach((_, link) => assert.ok(scene.wires[scene.wireOfLink[link]].links.includes(link)));
});

for (const [words, state, space] of [
  ["a usual window", small, { width: 1048, height: 500 }],
  ["a small window", small, { width: 660, height: 400 }],
  ["many replicas", crowded, { width: 1048, height: 500 }],
]) {
  test(`nothing covers anything in ${words}`, () => {
    const places = placesOf(sceneOf(state), COLUMNS, space);
    const boxes = [places.users, ...places.nodes.values()];
    boxes.forEach((one, index) => {
      assert.ok(one.x >= 0 && one.x + one.width <= places.width, "inside from left to right");
      assert.ok(one.y >= 0 && one.y + one.height <= places.height + 1, "inside from top to bottom");
      for (const other of boxes.slice(index + 1)) assert.ok(!overlap(one, other));
    });
    for (const { zone, box } of places.rooms) {
      for (const [id, node] of places.nodes) if (id.endsWith(`@${zone}`)) assert.ok(within(node, box), id);
    }
    assert.equal(places.width / space.width, places.height / space.height, "the shape is kept");
  });
}

test("the same system in the same window stands in the same places", () => {
  const space = { width: 900, height: 480 };
  assert.deepEqual(placesOf(sceneOf(small), COLUMNS, space), placesOf(sceneOf(small), COLUMNS, space));
});

test("a wire begins at its caller's right edge and ends at its callee's left one", () => {
  const scene = sceneOf(small);
  const places = placesOf(scene, COLUMNS, { width: 1000, height: 500 });
  const curves = curvesOf(scene.wires, places);
  for (const wire of scene.wires) {
    const from = wire.from === "users" ? places.users : places.nodes.get(wire.from);
    const to = places.nodes.get(wire.to);
    assert.ok(Math.abs(pointAt(curves.get(wire.id), 0).x - (from.x + from.width)) < 0.01);
    assert.ok(Math.abs(pointAt(curves.get(wire.id), 1).x - to.x) < 0.01);
  }
});

test("badges of a usual system cover neither cards nor each other", () => {
  const scene = sceneOf(small);
  const places = placesOf(scene, COLUMNS, { width: 1048, height: 520 });
  const spots = [...spotsOf(scene.wires, curvesOf(scene.wires, places), places).values()];
  const boxes = spots.map(({ x, y }) => ({ x: x - 29, y: y - 10, width: 58, height: 20 }));
  boxes.forEach((one, index) => {
    for (const other of boxes.slice(index + 1)) assert.ok(!overlap(one, other));
  });
});

test("all requests are drawn while they are few, one in a power of two when they are many", () => {
  assert.equal(oneIn(1, 100, 0.6), 1);
  assert.equal(oneIn(1, 1000, 0.6), 8);
  assert.ok((1000 * 0.6) / oneIn(1, 1000, 0.6) <= 150);
  assert.equal(oneIn(8, 100, 0.6), 1, "finer again when there is room");
  assert.equal(oneIn(2, 200, 0.6), 2, "but not at once: it would flicker");
});

test("sampling keeps the shares of wires and outcomes", () => {
  const sampler = new Sampler(2);
  let shown = 0;
  for (let tick = 0; tick < 80; tick += 1) shown += sampler.take(0, 3, 8);
  assert.equal(shown, 30);
  assert.equal(sampler.take(1, 1, 8), 0, "another slot owes nothing");
});

test("an ok request arrives, a refused one bounces, a short-circuited one turns back at its caller", () => {
  assert.ok(placeOf(tripOf(0), 0.999, false) > 0.97);
  assert.ok(placeOf(tripOf(4), 0.7, false) > 0.97);
  assert.ok(placeOf(tripOf(4), 1, false) < 0.8);
  assert.ok(placeOf(tripOf(6), 0.5, false) < 0.15);
  assert.ok(Math.abs(placeOf(tripOf(6), 1, false)) < 0.01);
  assert.ok(placeOf(tripOf(3), 1, true) < 0.5, "a timed out one stays before the obstacle");
});

function overlap(one, other) {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function within(inner, outer) {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
