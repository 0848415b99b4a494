/** Services and their instances, with what can be done to each. */

import { html } from "../html.js";
import { select } from "../store.js";
import { heal, obeyedWords } from "./active_faults.js";
import { run } from "./desk.js";
import { isOver } from "./fault_row.js";
import { StateWord } from "./state_word.js";
import { milliseconds, perSecond } from "./words.js";

/**
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {import("../types.js").Instance} Instance
 * @param {{state: State, frames: Frame[]}} props
 */
export function InstanceTable({ state, frames }) {
  return html`
    <table class="wide">
      <caption>
        Services and instances
      </caption>
      <thead>
        <tr>
          <th scope="col">Service</th>
          <th scope="col">Instance</th>
          <th scope="col">Zone</th>
          <th scope="col">State</th>
          <th scope="col" class="right">pid</th>
          <th scope="col" class="right">Port</th>
          <th scope="col" class="right">In flight</th>
          <th scope="col" class="right">Queue</th>
          <th scope="col" class="right">Good</th>
          <th scope="col" class="right">Bad</th>
          <th scope="col" class="right">p99</th>
          <th scope="col">Actions</th>
        </tr>
      </thead>
      <tbody>
        ${state.instances.map(
          (instance, place) =>
            html`<${Row} key=${instance.name} state=${state} instance=${instance} figures=${frames.map((one) => one.instances[place])} />`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * @param {{
 *   state: State, instance: Instance,
 *   figures: (import("../types.js").InstanceFigures | null | undefined)[],
 * }} props
 */
function Row({ state, instance, figures }) {
  const last = figures.at(-1) ?? null;
  const sum = (/** @type {number} */ at) =>
    last && perSecond(figures.reduce((total, one) => total + Number(one?.[at] ?? 0), 0));
  return html`
    <tr data-state=${instance.state}>
      <td>
        <button type="button" class="text-link" onClick=${() => select("service", instance.service)}>
          ${instance.service}
        </button>
      </td>
      <th scope="row">
        <button type="button" class="text-link" onClick=${() => select("instance", instance.name)}>
          ${instance.name}
        </button>
      </th>
      <td>${instance.zone ?? "–"}</td>
      <td><${StateWord} state=${instance.state} /> <span class="quiet">${instance.reason}</span></td>
      <td class="right code">${instance.pid ?? "–"}</td>
      <td class="right code">${instance.port ?? "–"}</td>
      <td class="right numeric">${last?.[0] ?? "–"}</td>
      <td class="right numeric">${last?.[2] ?? "–"}</td>
      <td class="right numeric">${sum(3) ?? "–"}</td>
      <td class="right numeric">${sum(4) ?? "–"}</td>
      <td class="right numeric">${milliseconds(last?.[5])}</td>
      <td><${Actions} state=${state} instance=${instance} /></td>
    </tr>
  `;
}

/** @param {{state: State, instance: Instance}} props */
function Actions({ state, instance }) {
  const { name } = instance;
  const fault = state.faults.find((one) => one.instances.includes(name));
  /** @type {(kind: string) => void} */
  const inject = (kind) => {
    run(
      { command: "inject_fault", kind, target: name, params: {} },
      (made) => `${obeyedWords(made)}: ${made.title.toLowerCase()}`,
      (made) => (isOver(made) ? null : { command: "heal_fault", fault: made.id }),
    );
  };
  return html`
    <span class="row-actions">
      ${
        fault
          ? html`<button type="button" class="button heal" aria-label=${`Heal ${name}: ${fault.title}`} onClick=${() => heal(fault)}>Heal</button>`
          : html`<button type="button" class="button" aria-label=${`Crash ${name}`} onClick=${() => inject("crash")}>Crash</button>
            <button type="button" class="button" aria-label=${`Freeze ${name}`} onClick=${() => inject("hang")}>Freeze</button>`
      }
    </span>
  `;
}
