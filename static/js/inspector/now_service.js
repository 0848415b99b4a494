/** A service now: its instances side by side, and what calls it and is called by it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { frame, select, state } from "../store.js";
import { CallSections } from "./call_sections.js";
import { Fact, Facts } from "./facts.js";
import { instanceFigures } from "./readings.js";
import { StateWord } from "./state_word.js";
import { milliseconds } from "./words.js";

/** @param {{target: import("./target.js").Target}} props */
export function ServiceNow({ target }) {
  const service = state.value?.services.find((one) => one.name === target.name);
  if (!service) return null;
  return html`
    <${Instances} names=${target.instances} />
    <${Facts}>
      <${Fact} name="replicas" value=${service.replicas} />
      <${Fact} name="capacity each" value=${service.capacity} />
      <${Fact} name="queue each" value=${service.queue ?? "no bound"} />
      <${Fact} name="routes" value=${service.routes.join("  ")} isCode isWide />
    <//>
    <${CallSections} target=${target} />
  `;
}

/** @param {{names: string[]}} props */
export function Instances({ names }) {
  return html`
    <table class="mini">
      <thead>
        <tr>
          <th scope="col">Instance</th>
          <th scope="col">State</th>
          <th scope="col" class="right">In flight</th>
          <th scope="col" class="right">Queue</th>
          <th scope="col" class="right">p99</th>
        </tr>
      </thead>
      <tbody>
        ${names.map((name) => html`<${InstanceLine} key=${name} name=${name} />`)}
      </tbody>
    </table>
  `;
}

/** @param {{name: string}} props */
function InstanceLine({ name }) {
  const found = state.value?.instances.find((one) => one.name === name);
  const figures = useComputed(() => instanceFigures(frame.value, name));
  const flight = useComputed(() => String(figures.value?.[0] ?? "–"));
  const queued = useComputed(() => String(figures.value?.[2] ?? "–"));
  const p99 = useComputed(() => milliseconds(figures.value?.[5]));
  return html`
    <tr>
      <th scope="row">
        <button type="button" class="text-link" onClick=${() => select("instance", name)}>${name}</button>
      </th>
      <td>${found && html`<${StateWord} state=${found.state} />`}</td>
      <td class="right numeric">${flight}</td>
      <td class="right numeric">${queued}</td>
      <td class="right numeric">${p99}</td>
    </tr>
  `;
}
