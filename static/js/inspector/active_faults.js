/** What is broken here, how long still, and the way to heal it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { catalogue } from "../store.js";
import { run } from "./desk.js";
import { valueWords } from "./form.js";
import { remainingWords } from "./moment.js";
import { now_t } from "./readings.js";
import { counted } from "./words.js";

/**
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("./target.js").Target} Target
 * @param {{faults: Fault[], target: Target}} props
 */
export function ActiveFaults({ faults, target }) {
  if (faults.length === 0) return null;
  return html`
    <section class="active-faults" aria-label=${`Faults on ${target.title}`}>
      ${faults.map((fault) => html`<${ActiveFault} key=${fault.id} fault=${fault} target=${target} />`)}
    </section>
  `;
}

/** @param {{fault: Fault, target: Target}} props */
function ActiveFault({ fault, target }) {
  const left = useComputed(() => remainingWords(fault, now_t.value));
  const share = useComputed(() => `--share:${remainingShare(fault, now_t.value)}`);
  const elsewhere = fault.target !== target.name;
  return html`
    <div class="active-fault" data-state=${fault.state}>
      <p class="active-fault-words">
        <strong>${fault.title}</strong>
        ${elsewhere && html` <span class="quiet">on ${fault.target}</span>`}
        <span class="quiet"> ${paramWords(fault)}</span>
      </p>
      <p class="active-fault-time numeric">
        ${left}${fault.state === "active" && html` <span class="quiet">· ${obeyedWords(fault)}</span>`}
      </p>
      <button type="button" class="button heal" onClick=${() => heal(fault)}>
        ${fault.state === "scheduled" ? "Cancel" : "Heal"}
        <span class="visually-hidden"> ${fault.target}: ${fault.title}</span>
      </button>
      <span class="active-fault-bar" style=${share} aria-hidden="true"></span>
    </div>
  `;
}

/**
 * @param {Fault} fault
 */
export function heal(fault) {
  return run(
    { command: "heal_fault", fault: fault.id },
    `${fault.target} healed: ${fault.title.toLowerCase()} is over`,
    { command: "inject_fault", kind: fault.kind, target: fault.target, params: fault.params },
  );
}

/** @param {Fault} fault */
export function obeyedWords(fault) {
  const names = fault.acknowledged_by;
  if (names.length === 0) return "nobody has obeyed yet";
  return names.length > 2
    ? `${counted(names.length, "process")} obeyed`
    : `${names.join(" and ")} obeyed`;
}

/**
 * @param {Fault} fault
 */
function paramWords(fault) {
  const kind = catalogue.value?.faults.find((one) => one.kind === fault.kind);
  return (kind?.parameters ?? [])
    .filter((parameter) => fault.params[parameter.name] !== undefined)
    .slice(0, 2)
    .map((parameter) => valueWords(parameter, fault.params[parameter.name]))
    .join(", ");
}

/**
 * @param {Fault} fault
 * @param {number} now
 */
function remainingShare(fault, now) {
  if (fault.ends_t === null || fault.started_t === null) return 1;
  const total = fault.ends_t - fault.started_t;
  return total > 0 ? Math.max(0, Math.min(1, (fault.ends_t - now) / total)) : 0;
}
