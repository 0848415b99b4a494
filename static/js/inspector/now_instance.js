/** One process now: who it is, how busy it is, whom it calls, how to reach it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { STATES } from "../marks.js";
import { frame, state } from "../store.js";
import { CallSections } from "./call_sections.js";
import { Terminal } from "./copy.js";
import { Fact, Facts } from "./facts.js";
import { Gauge } from "./gauge.js";
import { GuardTiles } from "./guard_tiles.js";
import { LogTail } from "./log_tail.js";
import { instanceFigures, now_t } from "./readings.js";
import { SECOND, useRecent } from "./recent.js";
import { StateWord } from "./state_word.js";
import { milliseconds, percent, perSecond, seconds } from "./words.js";

/** @param {{target: import("./target.js").Target}} props */
export function InstanceNow({ target }) {
  const instance = state.value?.instances.find((one) => one.name === target.name);
  if (!instance) return null;
  return html`
    <${Identity} instance=${instance} />
    <${Load} instance=${instance} />
    <${GuardTiles} instance=${instance} />
    <${CallSections} target=${target} callers=${[target.name]} />
    <${Reach} instance=${instance} />
    <section class="block" aria-label="Log">
      <h3 class="section-title">Log</h3>
      <${LogTail} instance=${target.name} />
    </section>
  `;
}

/** @param {{instance: import("../types.js").Instance}} props */
function Identity({ instance }) {
  const since = useComputed(() => seconds(Math.max(0, Math.round(now_t.value - instance.since_t))));
  const out = outOfBalance(instance.name);
  return html`
    <div class="identity">
      <p>
        <strong>${STATES[instance.state]?.word ?? instance.state}</strong> for
        ${" "}<span class="numeric">${since}</span>${instance.reason && `: ${instance.reason}`}
      </p>
      ${
        out.length > 0 &&
        html`<p>
        <${StateWord} state="ejected" word="out of the balance" /> of ${out.join(", ")}
      </p>`
      }
    </div>
    <${Facts}>
      <${Fact} name="pid" value=${instance.pid} isCode />
      <${Fact} name="port" value=${instance.port} isCode />
      <${Fact} name="zone" value=${instance.zone} />
      <${Fact} name="restarts" value=${instance.restarts} />
    <//>
  `;
}

/**
 * @param {string} name
 * @returns {string[]} the callers that leave it out
 */
function outOfBalance(name) {
  const callers = new Set();
  for (const byCaller of Object.values(state.value?.ejected ?? {})) {
    for (const [caller, out] of Object.entries(byCaller))
      if (out.includes(name)) callers.add(caller);
  }
  return [...callers];
}

/** @param {{instance: import("../types.js").Instance}} props */
function Load({ instance }) {
  const service = state.value?.services.find((one) => one.name === instance.service);
  const figures = useComputed(() => instanceFigures(frame.value, instance.name));
  const busy = useComputed(() => figures.value?.[1] ?? null);
  const queued = useComputed(() => figures.value?.[2] ?? null);
  const recent = useRecent((shown) => instanceFigures(shown, instance.name), SECOND);
  const sum = (/** @type {number} */ at) =>
    recent.value.some((one) => one.figure)
      ? recent.value.reduce((total, one) => total + Number(one.figure?.[at] ?? 0), 0)
      : null;
  const flight = useComputed(() => String(figures.value?.[0] ?? "–"));
  const good = useComputed(() => perSecond(sum(3)));
  const bad = useComputed(() => perSecond(sum(4)));
  const p99 = useComputed(() => milliseconds(figures.value?.[5]));
  const cpu = useComputed(() =>
    figures.value ? percent(Math.round(figures.value[6] * 100) / 100) : "–",
  );
  return html`
    <section class="block" aria-label="Load">
      <h3 class="section-title">Load</h3>
      <${Gauge} name="Busy" value=${busy} most=${service?.capacity ?? null} />
      <${Gauge} name="Queue" value=${queued} most=${service?.queue ?? null} />
      <${Facts}>
        <${Fact} name="in flight" value=${flight} />
        <${Fact} name="good" value=${good} />
        <${Fact} name="bad" value=${bad} />
        <${Fact} name="p99" value=${p99} />
        <${Fact} name="processor" value=${cpu} />
      <//>
    </section>
  `;
}

/** @param {{instance: import("../types.js").Instance}} props */
function Reach({ instance }) {
  const route =
    state.value?.services.find((one) => one.name === instance.service)?.routes[0] ?? "/";
  if (state.value?.body === "virtual")
    return html`<p class="quiet">A virtual process: its pid and port are numbers of this lab alone.</p>`;
  if (instance.pid === null) return html`<p class="quiet">There is no process just now.</p>`;
  return html`
    <section class="block" aria-label="Reach it yourself">
      <h3 class="section-title">Reach it yourself</h3>
      ${
        instance.port !== null &&
        html`<${Terminal} text=${`curl -i http://127.0.0.1:${instance.port}${route}`} label="the curl command" />`
      }
      <${Terminal} text=${`kill -9 ${instance.pid}`} label="the kill command" />
    </section>
  `;
}
