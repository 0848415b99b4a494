/**
 * The lines to labs: messages in, commands out, and back by themselves when they break.
 *
 * @typedef {import("./types.js").CommandError} CommandError
 * @typedef {{resolve: (result: any) => void, reject: (error: CommandError) => void, timer: number}} Waiting
 */

import { effect } from "@preact/signals";
import { notConnected, ofThePast, slow } from "./refusals.js";
import { framesPerSecond, say, shown } from "./store.js";

const ACKNOWLEDGE_EVERY = 5;
const REPLY_WITHIN_MS = 10_000;
const SILENT_AFTER_MS = 2_500;
const DEAF_AFTER_MS = 12_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/**
 * Close codes after which there is nothing to come back to, in words.
 *
 * @type {Readonly<Record<number, string>>}
 */
const FINAL = {
  4401: "Your session has ended. Reload the page to begin a new one.",
  4404: "This lab does not exist, or it belongs to someone else.",
  4410: "This lab was stopped. Start another one from the home page.",
};

/** Commands that change nothing in the lab: also obeyed while its past is looked at. */
const READS = new Set(["moment", "span", "log", "trace", "set_pace", "step", "watch", "state"]);

/** @type {Map<string, {send: Line["send"]}>} by lab */
const lines = new Map();

/**
 * @param {import("./lab.js").Lab} lab a record, which has no line
 * @param {Line["send"]} send what answers its reads instead
 */
export function answerFor(lab, send) {
  lines.set(lab.id, { send });
}

/** @param {import("./lab.js").Lab} lab joins this lab and stays with it */
export function connect(lab) {
  const line = new Line(lab);
  lines.set(lab.id, line);
  line.open();
  effect(() => line.watch(framesPerSecond.value));
  setInterval(() => line.noticeSilence(), 1_000);
  addEventListener("online", () => line.hurry());
  document.addEventListener("visibilitychange", () => line.hurry());
}

/**
 * @param {string} command
 * @param {Record<string, unknown>} [fields]
 * @param {import("./lab.js").Lab} [lab] the one that is shown by default
 * @returns {Promise<any>} the result; rejects with a CommandError
 */
export function send(command, fields = {}, lab = shown.peek()) {
  const past = lab.past.peek();
  if (past && !READS.has(command)) return Promise.reject(ofThePast(past.t, lab.fixed));
  return lines.get(lab.id)?.send(command, fields) ?? Promise.reject(notConnected());
}

class Line {
  /** @param {import("./lab.js").Lab} lab */
  constructor(lab) {
    this.lab = lab;
    this.socket = /** @type {WebSocket | null} */ (null);
    this.lastId = 0;
    this.failures = 0;
    this.frames = 0;
    this.heardAt = 0;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/labs/${this.lab.id}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.heardAt = performance.now();
    });
    socket.addEventListener("message", (event) => this.#hear(socket, event.data));
    socket.addEventListener("close", (event) => this.#lose(socket, event));
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} fields
   * @returns {Promise<any>}
   */
  send(command, fields) {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(notConnected());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(id, slow(command)), REPLY_WITHIN_MS);
      this.waiting.set(id, { resolve, reject, timer: /** @type {any} */ (timer) });
      socket.send(JSON.stringify({ id, command, ...fields }));
    });
  }

  /** @param {number} frames_per_s */
  watch(frames_per_s) {
    if (this.#isLive()) this.send("watch", { frames_per_s }).catch(() => {});
  }

  /** Someone looks again, or the network is back: no reason to wait any longer. */
  hurry() {
    if (document.visibilityState === "visible" && this.#status() === "lost") this.#reopen();
  }

  /**
   * A line that is open and says nothing is as good as lost: a suspended laptop, a dead proxy. A lab
   * whose time stands still says nothing either, so it is asked whether it is there.
   */
  noticeSilence() {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN || framesPerSecond.peek() === 0) return;
    const silent_ms = performance.now() - this.heardAt;
    if (silent_ms > DEAF_AFTER_MS) socket.close(4000, "silent");
    else if (silent_ms > SILENT_AFTER_MS && this.#isLive()) {
      if (this.lab.pace.peek().paused) this.watch(framesPerSecond.peek());
      else this.#tell("lost", "nothing comes", Date.now() - silent_ms);
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {string} text
   */
  #hear(socket, text) {
    if (socket !== this.socket) return;
    this.heardAt = performance.now();
    const message = JSON.parse(text);
    if (message.type === "reply") return this.#settle(message);
    if (message.type === "notice") return say(message.text);
    if (message.type === "frame") this.#acknowledge(socket, message.n);
    this.lab.receive(message);
    if (message.type === "hello") this.#welcome();
    else if (message.type === "frame" && this.#status() === "lost") this.#tell("live");
  }

  #welcome() {
    this.failures = 0;
    this.frames = 0;
    this.#tell("live");
    this.watch(framesPerSecond.peek());
  }

  /**
   * @param {WebSocket} socket
   * @param {number} n
   */
  #acknowledge(socket, n) {
    this.frames += 1;
    if (this.frames % ACKNOWLEDGE_EVERY === 0) socket.send(JSON.stringify({ command: "seen", n }));
  }

  /** @param {import("./types.js").Reply} reply */
  #settle(reply) {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    this.waiting.delete(reply.id);
    clearTimeout(waiting.timer);
    if (reply.ok) waiting.resolve(reply.result);
    else waiting.reject(reply.error ?? slow("command"));
  }

  /**
   * @param {number} id
   * @param {CommandError} error
   */
  #giveUp(id, error) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    clearTimeout(waiting?.timer);
    waiting?.reject(error);
  }

  /**
   * @param {WebSocket} socket
   * @param {CloseEvent} event
   */
  #lose(socket, event) {
    if (socket !== this.socket) return;
    this.socket = null;
    for (const id of [...this.waiting.keys()]) this.#giveUp(id, notConnected());
    const final = FINAL[event.code];
    if (final) return this.#tell("closed", final);
    if (this.#isLive()) this.#tell("lost", event.reason);
    const wait_ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures += 1;
    setTimeout(() => this.#reopen(), wait_ms * (0.5 + Math.random() / 2));
  }

  #reopen() {
    if (!this.socket && this.#status() !== "closed") this.open();
  }

  #status() {
    return this.lab.connection.peek().status;
  }

  #isLive() {
    return this.#status() === "live";
  }

  /**
   * @param {import("./types.js").Connection["status"]} status
   * @param {string} [reason]
   * @param {number} [since]
   */
  #tell(status, reason = "", since = Date.now()) {
    this.lab.connection.value = { status, since, reason };
  }
}
