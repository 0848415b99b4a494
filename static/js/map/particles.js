/**
 * The requests that travel: one canvas, a fixed pool, drawn only while something is under way and
 * the lab's time passes. All times of particles are of the motion clock.
 *
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("./curve.js").Curve} Curve
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {{
 *   live: boolean, curve: Curve | null, outcome: number, again: boolean, from_ms: number,
 *   life_ms: number, trip: string, blocked: boolean,
 * }} Particle
 */

import { palette } from "../colors.js";
import { drawer } from "../loop.js";
import { STEPS, sidePath } from "./curve.js";
import { MotionClock } from "./motion_clock.js";
import { OwnAnswers } from "./own_answers.js";
import { MOST_DRAWN, oneIn, Sampler } from "./sampling.js";
import { SPRITE, sprites } from "./sprites.js";
import { lifeOf, opacityOf, placeOf, tripOf } from "./trips.js";

const SPREAD_MS = 100;
const SEEN_MS = 600;
const SMOOTHING = 0.1;
const DEGRADED = 1;
const SHORT_CIRCUITED = 6;
/** For each wire: seven outcomes of attempts, then turned back, then covered by a fallback. */
const SLOTS = 9;
const TURNED_BACK = 7;
const COVERED = 8;

export class Particles {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("@preact/signals").Signal<number>} oneIn one in how many is drawn; written here
   */
  constructor(canvas, oneIn) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.oneIn = oneIn;
    this.unit = 1;
    this.per_s = 0;
    this.life_s = 0.6;
    this.next = 0;
    /** @type {Curve[]} */
    this.curves = [];
    /** @type {Curve[]} */
    this.sides = [];
    this.counts = new Uint16Array(0);
    this.sampler = new Sampler(0);
    this.own = new OwnAnswers();
    this.motion = new MotionClock();
    this.palette = -1;
    this.sprites = sprites(1);
    this.pool = Array.from({ length: MOST_DRAWN }, blank);
    this.drawer = drawer((now_ms) => this.#draw(now_ms));
  }

  /**
   * @param {Scene} scene
   * @param {Map<string, Curve>} curves
   * @param {{width: number, height: number, scale: number}} space in pixels of the page; scale: of
   *   one unit of the drawing
   */
  arrange(scene, curves, space) {
    this.curves = scene.wires.map((wire) => /** @type {Curve} */ (curves.get(wire.id)));
    this.sides = this.curves.map(sidePath);
    this.counts = new Uint16Array(scene.wires.length * SLOTS);
    this.sampler = new Sampler(this.counts.length);
    const lives = this.curves.map((curve) => lifeOf("through", curve.length) / 1000);
    this.life_s = lives.reduce((sum, life) => sum + life, 0) / Math.max(1, lives.length);
    const density = Math.min(2, devicePixelRatio || 1);
    this.unit = density * space.scale;
    this.canvas.width = Math.round(space.width * density);
    this.canvas.height = Math.round(space.height * density);
    this.palette = -1;
    for (const particle of this.pool) particle.live = false;
  }

  /**
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {(wire: number) => boolean} isBlocked
   */
  take(scene, frame, isBlocked) {
    const own = this.own.since(scene, frame);
    const all = this.#count(scene, frame, own);
    this.per_s += (all * 10 - this.per_s) * SMOOTHING;
    this.oneIn.value = oneIn(this.oneIn.peek(), this.per_s, this.life_s);
    if (all === 0 || document.hidden) return;
    this.#send(own, this.motion.at(performance.now()), isBlocked);
    this.drawer.mark();
  }

  /**
   * A moment of the past, at once: what was on its way then, wherever it was.
   *
   * @param {Scene} scene
   * @param {Frame} frame
   * @param {(wire: number) => boolean} isBlocked
   */
  show(scene, frame, isBlocked) {
    for (const particle of this.pool) particle.live = false;
    this.own = new OwnAnswers();
    const own = this.own.since(scene, frame);
    const all = this.#count(scene, frame, own);
    this.per_s = all * 10;
    this.oneIn.value = oneIn(1, this.per_s, this.life_s);
    const now_ms = this.motion.at(performance.now());
    for (let ago_ms = SPREAD_MS; ago_ms <= SEEN_MS; ago_ms += SPREAD_MS) {
      this.#send(own, now_ms - ago_ms, isBlocked);
    }
    this.drawer.mark();
  }

  /**
   * The lab's time passes at another speed from now on, or stands still.
   *
   * @param {number} rate lab seconds in a second
   */
  go(rate) {
    this.motion.go(rate, performance.now());
    this.drawer.mark();
  }

  /** @param {number} ms of lab time in one step, while it stands still */
  skip(ms) {
    this.motion.skip(ms);
    this.drawer.mark();
  }

  stop() {
    this.drawer.stop();
  }

  /** @type {(own: import("./own_answers.js").Own[], first_ms: number, isBlocked: (wire: number) => boolean) => void} */
  #send(own, first_ms, isBlocked) {
    for (let slot = 0; slot < this.counts.length; slot += 1) {
      const wire = Math.floor(slot / SLOTS);
      const shown = this.sampler.take(slot, this.counts[slot], this.oneIn.peek());
      for (let count = 0; count < shown; count += 1) {
        const again = own[wire].again > 0 && slot % SLOTS < TURNED_BACK;
        if (again) own[wire].again -= this.oneIn.peek();
        const from_ms = first_ms + (SPREAD_MS * (count + 0.5)) / shown;
        this.#leave(wire, slot % SLOTS, again, from_ms, isBlocked(wire));
      }
    }
  }

  /** @type {(scene: Scene, frame: Frame, own: import("./own_answers.js").Own[]) => number} */
  #count(scene, frame, own) {
    const { counts } = this;
    counts.fill(0);
    let all = 0;
    for (let link = 0; link < frame.links.length; link += 1) {
      const tick = frame.links[link];
      const wire = scene.wireOfLink[link] ?? -1;
      if (!tick || wire < 0) continue;
      for (let outcome = 0; outcome < 7; outcome += 1) {
        counts[wire * SLOTS + outcome] += tick[0][outcome];
        all += tick[0][outcome];
      }
    }
    own.forEach(({ turned_back, covered }, wire) => {
      counts[wire * SLOTS + TURNED_BACK] += turned_back;
      counts[wire * SLOTS + COVERED] += covered;
      all += turned_back + covered;
    });
    return all;
  }

  /** @type {(wire: number, slot: number, again: boolean, from_ms: number, blocked: boolean) => void} */
  #leave(wire, slot, again, from_ms, blocked) {
    const particle = this.pool[this.next];
    const curve = slot === COVERED ? this.sides[wire] : this.curves[wire];
    if (particle.live || !curve) return;
    this.next = (this.next + 1) % this.pool.length;
    particle.live = true;
    particle.curve = curve;
    particle.outcome = slot === COVERED ? DEGRADED : slot === TURNED_BACK ? SHORT_CIRCUITED : slot;
    particle.trip = slot === COVERED ? "side" : tripOf(particle.outcome);
    particle.again = again;
    particle.from_ms = from_ms;
    particle.life_ms = lifeOf(particle.trip, curve.length);
    particle.blocked = blocked && particle.outcome > DEGRADED;
  }

  /** @param {number} now_ms */
  #draw(now_ms) {
    const { pen, canvas, pool, unit } = this;
    if (!pen) return false;
    if (this.palette !== palette.peek()) {
      this.palette = palette.peek();
      this.sprites = sprites(unit);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(unit, 0, 0, unit, 0, 0);
    const at_ms = this.motion.at(now_ms);
    let live = false;
    for (const particle of pool) {
      if (!particle.live) continue;
      live = true;
      const age = (at_ms - particle.from_ms) / particle.life_ms;
      if (age >= 1) particle.live = false;
      else if (age > 0) this.#stamp(pen, particle, age);
    }
    pen.globalAlpha = 1;
    return live && this.motion.rate > 0;
  }

  /** @type {(pen: CanvasRenderingContext2D, particle: Particle, age: number) => void} */
  #stamp(pen, particle, age) {
    const points = particle.curve?.points;
    if (!points) return;
    const place = placeOf(particle.trip, age, particle.blocked) * STEPS;
    const step = Math.max(0, Math.min(STEPS - 1, Math.floor(place)));
    const rest = place - step;
    const at = step * 2;
    const x = points[at] + (points[at + 2] - points[at]) * rest;
    const y = points[at + 1] + (points[at + 3] - points[at + 1]) * rest;
    const sheet = particle.again ? this.sprites.again : this.sprites.plain;
    pen.globalAlpha = opacityOf(age);
    pen.drawImage(sheet[particle.outcome], x - SPRITE / 2, y - SPRITE / 2, SPRITE, SPRITE);
  }
}

/** @returns {Particle} */
function blank() {
  return {
    live: false,
    curve: null,
    outcome: 0,
    again: false,
    from_ms: 0,
    life_ms: 1,
    trip: "through",
    blocked: false,
  };
}
