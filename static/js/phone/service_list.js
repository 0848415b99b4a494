/** The topology for a small screen: services with a dot for each process and a line of their last half minute. */

import { html } from "../html.js";
import { STATES, StateMark } from "../marks.js";
import { sendOrSay } from "../send_or_say.js";
import { select, selection, state } from "../store.js";
import { pulses } from "./pulse.js";

const WIDTH = 96;
const HEIGHT = 26;

/**
 * @typedef {import("../types.js").Service} Service
 * @typedef {import("../types.js").Instance} Instance
 */

export function ServiceList() {
  const shown = state.value;
  if (!shown) return null;
  return html`<div class="services">
    ${
      shown.faults.length > 0 &&
      html`<ul class="service-faults" aria-label="Faults">
      ${shown.faults.map(
        (fault) => html`<li key=${fault.id} class="service-fault">
          <span><b>${fault.title}</b> ${fault.target}</span>
          <button type="button" class="button" onClick=${() => sendOrSay("heal_fault", { fault: fault.id })}>Heal</button>
        </li>`,
      )}
    </ul>`
    }
    <ul class="service-rows">
      ${shown.services.map((service) => html`<${ServiceRow} key=${service.name} service=${service} instances=${shown.instances.filter((one) => one.service === service.name)} />`)}
    </ul>
  </div>`;
}

/** @param {{service: Service, instances: Instance[]}} props */
function ServiceRow({ service, instances }) {
  const chosen = selection.value?.kind === "service" && selection.value.name === service.name;
  return html`<li class="service-row" data-chosen=${chosen ? "" : null}>
    <button type="button" class="service-name" onClick=${() => select("service", service.name)}>
      <span>${service.title || service.name}</span>
      <${Pulse} service=${service.name} />
    </button>
    <span class="service-dots">
      ${instances.map(
        (one) => html`<button
          type="button"
          key=${one.name}
          class="service-dot"
          aria-label=${`${one.name}, ${STATES[one.state].word}, process ${one.pid ?? "–"}`}
          onClick=${() => select("instance", one.name)}
        >
          <${StateMark} state=${one.state} />
          <span class="tabular">${one.pid ?? "–"}</span>
        </button>`,
      )}
    </span>
  </li>`;
}

/** @param {{service: string}} props */
function Pulse({ service }) {
  const pulse = pulses.value.get(service);
  if (!pulse) return html`<span class="pulse"></span>`;
  const most = Math.max(4, ...pulse.good.map((good, index) => good + pulse.bad[index]));
  const good = pulse.good.at(-1) ?? 0;
  const bad = pulse.bad.at(-1) ?? 0;
  return html`<span class="pulse">
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} width=${WIDTH} height=${HEIGHT} aria-hidden="true">
      <path class="pulse-good" d=${line(pulse.good, most)} />
      ${pulse.bad.some((one) => one > 0) && html`<path class="pulse-bad" d=${line(pulse.bad, most)} />`}
    </svg>
    <b class="tabular" data-bad=${bad > 0 ? "" : null}>${bad > 0 ? `${Math.round((bad / (good + bad)) * 100)} % bad` : `${good * 2}/s`}</b>
  </span>`;
}

/**
 * @param {number[]} values
 * @param {number} most
 */
function line(values, most) {
  const step = WIDTH / 59;
  const left = WIDTH - (values.length - 1) * step;
  return `M${values
    .map(
      (value, index) =>
        `${(left + index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
    )
    .join("L")}`;
}
