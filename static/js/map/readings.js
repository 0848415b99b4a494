/**
 * Figures over the last two seconds of frames: counts of a tenth of a second are too jumpy to read.
 * Where lab time passes faster, only some frames come, and those of the last two seconds count.
 *
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {{counts: number[], per_s: number, p99_ms: number | null}} LinkReading
 *   counts by outcome in the window, per_s all of them, p99_ms the newest that is known
 * @typedef {{per_s: number, bad_ratio: number, load: number, stale: boolean}} InstanceReading
 *   load: work and waiting in it, in requests; stale: it sends nothing just now
 */

const WINDOW_S = 2;
const NEWEST = 3;
const TICK_S = 0.1;

export class Readings {
  /** @param {Frame[]} [frames] that came before */
  constructor(frames = []) {
    this.frames = [...frames];
  }

  /**
   * @param {Frame} frame
   * @param {number} [rate] lab seconds in a second
   */
  add(frame, rate = 1) {
    const window_s = WINDOW_S * Math.max(1, rate);
    const last = this.frames.at(-1);
    if (last === frame) return;
    if (last && (frame.n <= last.n || frame.links.length !== last.links.length)) this.frames = [];
    this.frames.push(frame);
    while (this.frames[0].t <= frame.t - window_s) this.frames.shift();
  }

  /** Seconds that the frames in the window tell of: a slow viewer is sent only some of them. */
  get seconds() {
    return Math.max(1, this.frames.length) * TICK_S;
  }

  /**
   * @param {number[]} links places in the state's list
   * @returns {LinkReading}
   */
  links(links) {
    const counts = [0, 0, 0, 0, 0, 0, 0];
    let all = 0;
    let p99_ms = null;
    for (const frame of this.frames) {
      let slowest_ms = -1;
      for (const link of links) {
        const tick = frame.links[link];
        if (!tick) continue;
        for (let outcome = 0; outcome < counts.length; outcome += 1) {
          counts[outcome] += tick[0][outcome];
          all += tick[0][outcome];
        }
        slowest_ms = Math.max(slowest_ms, tick[1] ?? -1);
      }
      if (slowest_ms >= 0) p99_ms = slowest_ms;
    }
    return { counts, per_s: all / this.seconds, p99_ms };
  }

  /**
   * @param {number} instance its place in the state's list
   * @returns {InstanceReading}
   */
  instance(instance) {
    let good = 0;
    let bad = 0;
    let load = 0;
    let seen = 0;
    for (const frame of this.frames) {
      const tick = frame.instances[instance];
      if (!tick) continue;
      good += tick[3];
      bad += tick[4];
    }
    for (const frame of this.frames.slice(-NEWEST)) {
      const tick = frame.instances[instance];
      if (!tick) continue;
      load += tick[1] + tick[2];
      seen += 1;
    }
    const stale = !this.frames.at(-1)?.instances[instance];
    return {
      per_s: (good + bad) / this.seconds,
      bad_ratio: good + bad > 0 ? bad / (good + bad) : 0,
      load: seen > 0 ? load / seen : 0,
      stale,
    };
  }
}
