/**
 * What callers answered by themselves since the last frame: short-circuits, fallbacks and retries,
 * from the running counts of their patterns.
 *
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {{turned_back: number, covered: number, again: number}} Own
 */

const MOST_AT_ONCE = 40;

/** @type {Readonly<Record<keyof Own, (patterns: import("../types.js").Snapshots) => number | undefined>>} */
const COUNTS = {
  turned_back: (patterns) => patterns.breaker?.counts?.not_permitted,
  covered: (patterns) => patterns.fallback?.counts?.covered,
  again: (patterns) => patterns.retry?.counts?.retries,
};

export class OwnAnswers {
  constructor() {
    /** @type {Map<string, number>} */
    this.before = new Map();
    this.turn = 0;
  }

  /**
   * @param {Scene} scene
   * @param {Frame} frame
   * @returns {Own[]} by wire; what a caller did is shared out over its wires of the dependency
   */
  since(scene, frame) {
    this.turn += 1;
    const own = scene.wires.map(() => ({ turned_back: 0, covered: 0, again: 0 }));
    for (const [dependency, call] of Object.entries(frame.calls)) {
      for (const [caller, patterns] of Object.entries(call.patterns)) {
        const mine = wiresOf(scene, dependency, caller).map((wire) => own[wire]);
        if (mine.length > 0) this.#share(mine, `${dependency} ${caller}`, patterns);
      }
    }
    return own;
  }

  /** @type {(mine: Own[], key: string, patterns: import("../types.js").Snapshots) => void} */
  #share(mine, key, patterns) {
    for (const kind of /** @type {(keyof Own)[]} */ (Object.keys(COUNTS))) {
      const grown = this.#grown(`${kind} ${key}`, COUNTS[kind](patterns));
      for (let one = 0; one < grown; one += 1) mine[(this.turn + one) % mine.length][kind] += 1;
    }
  }

  /**
   * @param {string} key
   * @param {number | undefined} count
   * @returns {number} 0 when it is new or has begun anew
   */
  #grown(key, count) {
    if (count === undefined) return 0;
    const before = this.before.get(key);
    this.before.set(key, count);
    return before === undefined ? 0 : Math.max(0, Math.min(MOST_AT_ONCE, count - before));
  }
}

/**
 * @param {Scene} scene
 * @param {string} dependency
 * @param {string} caller
 * @returns {number[]}
 */
function wiresOf(scene, dependency, caller) {
  /** @type {number[]} */
  const found = [];
  scene.wires.forEach((wire, index) => {
    if (wire.dependency.name === dependency && wire.callers.includes(caller)) found.push(index);
  });
  return found;
}
