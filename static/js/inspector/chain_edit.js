/**
 * The chain of one dependency while it is edited: shown as wanted at once, true once confirmed,
 * and as it was, with the reason, when the cluster refuses.
 *
 * @typedef {import("../types.js").Layer} Layer
 * @typedef {import("../types.js").CommandError} CommandError
 */

import { computed, signal } from "@preact/signals";
import { state } from "../store.js";
import { run } from "./desk.js";
import { until } from "./until.js";

const CONFIRM_MS = 2000;

export class ChainEdit {
  /** @param {string} dependency */
  constructor(dependency) {
    this.dependency = dependency;
    this.wanted = signal(/** @type {Layer[] | null} */ (null));
    this.error = signal(/** @type {CommandError | null} */ (null));
    this.found = computed(() => state.value?.dependencies.find((one) => one.name === dependency));
    this.chain = computed(() => this.wanted.value ?? this.found.value?.chain ?? []);
    this.authored = computed(() => this.found.value?.authored ?? []);
  }

  /** @returns {boolean} whether the cluster has yet to confirm what is shown */
  get isPending() {
    return this.wanted.value !== null;
  }

  /**
   * @param {Layer[]} chain
   * @param {string} words what has changed, once it has
   */
  async change(chain, words) {
    const before = this.found.peek()?.chain ?? [];
    if (chain === this.chain.peek()) return;
    this.wanted.value = chain;
    this.error.value = null;
    const answer = await run(this.#command(chain), words, this.#command(before));
    if (this.wanted.peek() !== chain) return; // a later change is under way and will tell
    if (!answer.ok) this.error.value = answer.error;
    else await until(() => isSame(this.found.value?.chain, answer.result.chain), CONFIRM_MS);
    if (this.wanted.peek() === chain) this.wanted.value = null;
  }

  /**
   * Which layer and which of its fields an error is about: `chain[2].attempts`.
   *
   * @returns {{index: number, field: string} | null}
   */
  get blamed() {
    const found = /^chain\[(\d+)\](?:\.(\w+))?/.exec(this.error.value?.field ?? "");
    return found ? { index: Number(found[1]), field: found[2] ?? "" } : null;
  }

  /** @param {Layer[]} chain */
  #command(chain) {
    return { command: "set_chain", dependency: this.dependency, chain };
  }
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
