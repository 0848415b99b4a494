/**
 * The map's moving parts as signals, one for each wire, node and instance, so that a new frame
 * renders only what it changes. What is urgent changes at once; figures change four times a second.
 *
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./story.js").Story} Story
 * @typedef {{per_s: number, bad_ratio: number}} NodeFigures
 * @typedef {{load: number, stale: boolean}} InstanceFigures load: 0 to 1 of its capacity
 */

import { signal } from "@preact/signals";
import { Readings } from "./readings.js";
import { QUIET, storyOf, urgency } from "./story.js";

const CALM_S = 0.25;

export class Picture {
  constructor() {
    this.readings = new Readings();
    this.before = /** @type {Frame[]} */ ([]);
    this.calmAt = 0;
    /** @type {Map<string, import("@preact/signals").Signal<any>>} */
    this.signals = new Map();
  }

  /**
   * @param {string} wire its id
   * @returns {import("@preact/signals").Signal<Story>}
   */
  story(wire) {
    return this.#signal(`wire ${wire}`, QUIET);
  }

  /**
   * @param {string} node its id
   * @returns {import("@preact/signals").Signal<NodeFigures>}
   */
  node(node) {
    return this.#signal(`node ${node}`, { per_s: 0, bad_ratio: 0 });
  }

  /**
   * @param {string} instance its name
   * @returns {import("@preact/signals").Signal<InstanceFigures>}
   */
  instance(instance) {
    return this.#signal(`instance ${instance}`, { load: 0, stale: false });
  }

  /** @param {Frame[]} frames before the next one that is shown; the same list again changes nothing */
  begin(frames) {
    if (frames !== this.before) this.readings = new Readings(frames);
    this.before = frames;
  }

  /**
   * @param {Scene} scene
   * @param {State} state
   * @param {Frame} frame
   * @param {number} rate lab seconds in a second; 0: time stands still
   */
  show(scene, state, frame, rate) {
    this.readings.add(frame, rate);
    if (frame.instances.length !== state.instances.length) return;
    const calm = rate === 0 || Math.abs(frame.t - this.calmAt) >= CALM_S * Math.max(1, rate);
    if (calm) this.calmAt = frame.t;
    this.#wires(scene, state, frame, calm);
    this.#nodes(scene, state, calm);
  }

  /** @type {(scene: Scene, state: State, frame: Frame, calm: boolean) => void} */
  #wires(scene, state, frame, calm) {
    for (const wire of scene.wires) {
      const story = storyOf(wire, state, frame, this.readings.links(wire.links));
      const shown = this.story(wire.id);
      if (calm || urgency(story) !== urgency(shown.peek())) change(shown, story);
    }
  }

  /** @type {(scene: Scene, state: State, calm: boolean) => void} */
  #nodes(scene, state, calm) {
    const places = new Map(state.instances.map((one, index) => [one.name, index]));
    const capacity = new Map(state.services.map((one) => [one.name, one.capacity]));
    for (const node of scene.nodes) {
      let per_s = 0;
      let bad = 0;
      for (const { name, service } of node.instances) {
        const reading = this.readings.instance(places.get(name) ?? -1);
        per_s += reading.per_s;
        bad += reading.per_s * reading.bad_ratio;
        this.#instance(name, reading, capacity.get(service) || 1, calm);
      }
      const bad_ratio = per_s > 0 ? Math.round((bad / per_s) * 100) / 100 : 0;
      if (calm) change(this.node(node.id), { per_s: Math.round(per_s), bad_ratio });
    }
  }

  /** @type {(name: string, reading: import("./readings.js").InstanceReading, capacity: number, calm: boolean) => void} */
  #instance(name, { load, stale }, capacity, calm) {
    const shown = this.instance(name);
    if (!calm && stale === shown.peek().stale) return;
    change(shown, { load: Math.min(1, Math.round((load / capacity) * 50) / 50), stale });
  }

  /**
   * @param {string} key
   * @param {any} first
   */
  #signal(key, first) {
    const found = this.signals.get(key) ?? signal(first);
    this.signals.set(key, found);
    return found;
  }
}

/**
 * @param {import("@preact/signals").Signal<any>} shown
 * @param {object} next
 */
function change(shown, next) {
  if (JSON.stringify(shown.peek()) !== JSON.stringify(next)) shown.value = next;
}
