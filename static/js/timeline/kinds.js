/**
 * How events look: a shape, a colour, a word and a lane for each kind.
 *
 * @typedef {import("../types.js").LabEvent} LabEvent
 * @typedef {"faults" | "patterns" | "processes" | "changes"} Lane
 * @typedef {{lane: Lane, word: string, tone: string, path: string}} Look path: within 12 by 12
 */

/** @type {readonly {name: Lane, title: string}[]} */
export const LANES = [
  { name: "faults", title: "Faults" },
  { name: "processes", title: "Processes" },
  { name: "patterns", title: "Patterns" },
  { name: "changes", title: "Changes" },
];

const DOWNWARD = "M1.2 2h9.6L6 10.6z";
const UPWARD = "M1.2 10h9.6L6 1.4z";
const DIAMOND = "M6 .8 11.2 6 6 11.2.8 6z";
const HOLLOW = "M6 .8 11.2 6 6 11.2.8 6zM6 3.2 3.2 6 6 8.8 8.8 6z";
const HALF = "M6 .8 11.2 6 6 11.2.8 6zM6 3.2 3.2 6 6 8.8z";
const DISC = "M6 1.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 1 1 0-8.8z";
const RING =
  "M6 1.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 1 1 0-8.8zM6 3.4a2.6 2.6 0 1 0 0 5.2a2.6 2.6 0 1 0 0-5.2z";
const CROSS =
  "M2.9 1.5 6 4.6l3.1-3.1 1.4 1.4L7.4 6l3.1 3.1-1.4 1.4L6 7.4l-3.1 3.1-1.4-1.4L4.6 6 1.5 2.9z";
const PAUSE = "M2.4 1.6h2.6v8.8H2.4zM7 1.6h2.6v8.8H7z";
const PLAY = "M2.6 1.4 10.4 6l-7.8 4.6z";
const SLASHED =
  "M6 1.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 1 1 0-9.6zM3.5 7.3 7.3 3.5A2.9 2.9 0 0 0 3.5 7.3zM4.7 8.5 8.5 4.7A2.9 2.9 0 0 1 4.7 8.5z";
const SQUARE = "M1.8 1.8h8.4v8.4H1.8z";
const STACK = "M1.6 1.8h8.8v2.2H1.6zM1.6 4.9h8.8v2.2H1.6zM1.6 8h8.8v2.2H1.6z";

/** @type {Readonly<Record<string, Look>>} */
const LOOKS = {
  fault_on: { lane: "faults", word: "fault", tone: "var(--ink)", path: DOWNWARD },
  fault_off: { lane: "faults", word: "healed", tone: "var(--ink-3)", path: UPWARD },
  fault_failed: { lane: "faults", word: "fault failed", tone: "var(--ink-3)", path: CROSS },
  breaker: { lane: "patterns", word: "breaker", tone: "var(--ink-2)", path: DIAMOND },
  health: { lane: "patterns", word: "health", tone: "var(--ink-2)", path: DISC },
  outlier: { lane: "patterns", word: "outlier", tone: "var(--ink-2)", path: DISC },
  process_start: { lane: "processes", word: "started", tone: "var(--ink-3)", path: RING },
  process_up: { lane: "processes", word: "up", tone: "var(--ok)", path: DISC },
  process_exit: { lane: "processes", word: "exited", tone: "var(--failed)", path: CROSS },
  process_stopped: { lane: "processes", word: "frozen", tone: "var(--frost)", path: PAUSE },
  process_continued: { lane: "processes", word: "thawed", tone: "var(--ok)", path: PLAY },
  restart_given_up: { lane: "processes", word: "given up", tone: "var(--failed)", path: SQUARE },
  chain: { lane: "changes", word: "chain", tone: "var(--ink-3)", path: STACK },
  users: { lane: "changes", word: "users", tone: "var(--ink-3)", path: UPWARD },
  service: { lane: "changes", word: "service", tone: "var(--ink-3)", path: SQUARE },
  reset: { lane: "changes", word: "reset", tone: "var(--ink)", path: RING },
  lab: { lane: "changes", word: "lab", tone: "var(--ink-3)", path: DISC },
};

/** @type {Readonly<Record<string, Partial<Look>>>} */
const BREAKERS = {
  open: { word: "breaker open", tone: "var(--refused)", path: DIAMOND },
  forced_open: { word: "breaker forced open", tone: "var(--refused)", path: DIAMOND },
  half_open: { word: "breaker half-open", tone: "var(--refused)", path: HALF },
  closed: { word: "breaker closed", tone: "var(--ok)", path: HOLLOW },
};

/**
 * @param {LabEvent} event
 * @returns {Look}
 */
export function lookOf(event) {
  const look = LOOKS[event.kind] ?? LOOKS.lab;
  if (event.kind === "breaker") return { ...look, ...BREAKERS[breakerState(event)] };
  if (event.kind !== "health" && event.kind !== "outlier") return look;
  const out = event.kind === "outlier" ? "ejected" : "out of balance";
  return isOut(event)
    ? { ...look, word: out, tone: "var(--refused)", path: SLASHED }
    : { ...look, word: "back in balance", tone: "var(--ok)", path: DISC };
}

/** @param {LabEvent} event */
function breakerState(event) {
  if (typeof event.detail?.to === "string") return event.detail.to;
  const found = /half.open|forced.open|closed|open/.exec(event.text);
  return found ? found[0].replace(/\W/, "_") : "closed";
}

/** @param {LabEvent} event */
function isOut(event) {
  if (typeof event.detail?.healthy === "boolean") return !event.detail.healthy;
  return /\b(out of|failed|ejected|unhealthy)\b/.test(event.text);
}
