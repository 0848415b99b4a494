/**
 * The line to the lab: messages in, commands out, and back by itself when it breaks.
 *
 * @typedef {import("./types.js").CommandError} CommandError
 * @typedef {{resolve: (result: any) => void, reject: (error: CommandError) => void, timer: number}} Waiting
 */

import { effect } from "@preact/signals";
import { connection, framesPerSecond, receive } from "./store.js";

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

const line = {
  lab: "",
  socket: /** @type {WebSocket | null} */ (null),
  lastId: 0,
  failures: 0,
  frames: 0,
  heardAt: 0,
  /** @type {Map<number, Waiting>} */
  waiting: new Map(),
};

/** @param {string} labId joins this lab and stays with it */
export function connect(labId) {
  line.lab = labId;
  open();
  effect(() => watch(framesPerSecond.value));
  setInterval(noticeSilence, 1_000);
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
}

/**
 * @param {string} command
 * @param {Record<string, unknown>} [fields]
 * @returns {Promise<any>} the result; rejects with a CommandError
 */
export function send(command, fields = {}) {
  const { socket } = line;
  if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(notConnected());
  const id = ++line.lastId;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => giveUp(id, slow(command)), REPLY_WITHIN_MS);
    line.waiting.set(id, { resolve, reject, timer });
    socket.send(JSON.stringify({ id, command, ...fields }));
  });
}

function open() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/labs/${line.lab}`);
  line.socket = socket;
  socket.addEventListener("open", () => {
    line.heardAt = performance.now();
  });
  socket.addEventListener("message", (event) => hear(socket, event.data));
  socket.addEventListener("close", (event) => lose(socket, event));
}

/**
 * @param {WebSocket} socket
 * @param {string} text
 */
function hear(socket, text) {
  if (socket !== line.socket) return;
  line.heardAt = performance.now();
  const message = JSON.parse(text);
  if (message.type === "reply") return settle(message);
  if (message.type === "frame") acknowledge(socket, message.n);
  receive(message);
  if (message.type === "hello") welcome();
  else if (message.type === "frame" && connection.peek().status === "lost") isLive();
}

function welcome() {
  line.failures = 0;
  line.frames = 0;
  isLive();
  watch(framesPerSecond.peek());
}

function isLive() {
  connection.value = { status: "live", since: Date.now(), reason: "" };
}

/** @param {number} frames_per_s */
function watch(frames_per_s) {
  if (connection.peek().status === "live") send("watch", { frames_per_s }).catch(() => {});
}

/**
 * @param {WebSocket} socket
 * @param {number} n
 */
function acknowledge(socket, n) {
  line.frames += 1;
  if (line.frames % ACKNOWLEDGE_EVERY === 0) socket.send(JSON.stringify({ command: "seen", n }));
}

/** @param {import("./types.js").Reply} reply */
function settle(reply) {
  const waiting = line.waiting.get(reply.id);
  if (!waiting) return;
  line.waiting.delete(reply.id);
  clearTimeout(waiting.timer);
  if (reply.ok) waiting.resolve(reply.result);
  else waiting.reject(reply.error ?? slow("command"));
}

/**
 * @param {number} id
 * @param {CommandError} error
 */
function giveUp(id, error) {
  const waiting = line.waiting.get(id);
  line.waiting.delete(id);
  clearTimeout(waiting?.timer);
  waiting?.reject(error);
}

/**
 * @param {WebSocket} socket
 * @param {CloseEvent} event
 */
function lose(socket, event) {
  if (socket !== line.socket) return;
  line.socket = null;
  for (const id of [...line.waiting.keys()]) giveUp(id, notConnected());
  const final = FINAL[event.code];
  if (final) {
    connection.value = { status: "closed", since: Date.now(), reason: final };
    return;
  }
  if (connection.peek().status === "live") {
    connection.value = { status: "lost", since: Date.now(), reason: event.reason };
  }
  const wait_ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** line.failures);
  line.failures += 1;
  setTimeout(reopen, wait_ms * (0.5 + Math.random() / 2));
}

function reopen() {
  if (!line.socket && connection.peek().status !== "closed") open();
}

/** Someone looks again, or the network is back: no reason to wait any longer. */
function hurry() {
  if (document.visibilityState === "visible" && connection.peek().status === "lost") reopen();
}

/** A line that is open and says nothing is as good as lost: a suspended laptop, a dead proxy. */
function noticeSilence() {
  const { socket } = line;
  if (socket?.readyState !== WebSocket.OPEN || framesPerSecond.peek() === 0) return;
  const silent_ms = performance.now() - line.heardAt;
  if (silent_ms > DEAF_AFTER_MS) socket.close(4000, "silent");
  else if (silent_ms > SILENT_AFTER_MS && connection.peek().status === "live") {
    connection.value = { status: "lost", since: Date.now() - silent_ms, reason: "nothing comes" };
  }
}

/** @returns {CommandError} */
function notConnected() {
  return {
    code: "not_connected",
    message: "the lab cannot be reached just now, nothing was changed",
    field: null,
    hint: "the page connects again by itself",
  };
}

/**
 * @param {string} command
 * @returns {CommandError}
 */
function slow(command) {
  return {
    code: "no_reply",
    message: `${command} was sent, but no answer came within ${REPLY_WITHIN_MS / 1000} s`,
    field: null,
    hint: "it may have happened: look at the timeline",
  };
}
