/**
 * What is said of a run.
 *
 * @typedef {{is_same: boolean, compared: number, failed: string,
 *   difference: {t: number, recorded: string, played: string} | null}} Verdict
 * @typedef {{
 *   id: string, title: string, created: string, scenario_name: string, body: "live" | "virtual",
 *   from_t: number, to_t: number, digest: string, bytes: number, mine: boolean, shared: boolean,
 *   page: string, link: string | null, proof: {t: number, verdict: Verdict | null} | null,
 * }} Run proof: how far it has been played again, and what came of it
 * @typedef {{t: number, fields: {command: string, [field: string]: any}, error?: string}} Given
 */

import { catalogue } from "../store.js";

/** @param {number} seconds @returns {string} "42 s", "3 min 20 s", "1 h 5 min" */
export function lengthWords(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 60)} h`;
}

/** @param {number} bytes @returns {string} "12 kB", "3.4 MB" */
export function sizeWords(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {string} iso @returns {string} in the reader's own way: "24 Nov 2026, 09:14" */
export function whenWords(iso) {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** @param {"live" | "virtual"} body */
export function bodyWords(body) {
  return body === "live" ? "live, real processes" : "virtual time";
}

/** @type {Readonly<Record<string, (fields: Record<string, any>) => string>>} */
const COMMANDS = {
  inject_fault: ({ kind, target }) => `${verbOf(kind)} ${target}`,
  heal_fault: ({ fault }) => `heal ${fault}`,
  set_chain: ({ dependency }) => `chain of ${dependency}`,
  set_users: ({ rate_per_s }) =>
    rate_per_s === undefined ? "users changed" : `users: ${rate_per_s}/s`,
  set_service: ({ service }) => `${service} changed`,
  act: ({ action, target }) => `${action} ${target}`,
  reset: () => "reset",
};

/** @param {string} kind of a fault */
function verbOf(kind) {
  const known = catalogue.value?.faults.find((fault) => fault.kind === kind);
  return (known?.verb ?? kind).toLowerCase();
}

/** @param {Given} given @returns {string} what was asked for: "crash catalog-1" */
export function commandWords({ fields }) {
  return COMMANDS[fields.command]?.(fields) ?? String(fields.command);
}
