/** What guards a service at its door and in its queue: a switch for each, its knobs when it is on. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, state } from "../store.js";
import { run } from "./desk.js";
import { ErrorWords } from "./field.js";
import { ParameterForm, valueWords } from "./form.js";
import { Switch } from "./switch.js";
import { spoken } from "./words.js";

/** @typedef {import("../types.js").CommandError} CommandError */

/** @param {{service: string}} props */
export function GuardSettings({ service }) {
  const error = useSignal(/** @type {CommandError | null} */ (null));
  const found = state.value?.services.find((one) => one.name === service);
  const kinds = (catalogue.value?.patterns ?? []).filter((kind) => found?.guards?.[kind.name]);
  if (!found?.guards || kinds.length === 0) return null;
  const guards = found.guards;

  /** @type {(guard: string, name: string, value: unknown, words: string) => Promise<void>} */
  const send = async (guard, name, value, words) => {
    const command = { command: "set_service", service };
    const answer = await run(
      { ...command, guards: { [guard]: { [name]: value } } },
      `${service}: ${words}`,
      { ...command, guards: { [guard]: { [name]: guards[guard][name] } } },
    );
    error.value = answer.ok ? null : answer.error;
  };

  return html`
    <section class="settings" aria-label="Guards">
      <h3 class="section-title">Guards</h3>
      ${error.value && html`<p class="verb-error" role="alert"><${ErrorWords} error=${error.value} /></p>`}
      ${kinds.map(
        (kind) => html`<${Guard}
          key=${kind.name}
          kind=${kind}
          values=${guards[kind.name]}
          send=${send}
        />`,
      )}
    </section>
  `;
}

/**
 * @param {{
 *   kind: import("../types.js").PatternKind, values: Record<string, any>,
 *   send: (guard: string, name: string, value: unknown, words: string) => void,
 * }} props
 */
function Guard({ kind, values, send }) {
  const title = kind.title.toLowerCase();
  const isAlways = values.enabled === undefined;
  const knobs = kind.parameters.filter((one) => one.name !== "enabled");
  /** @type {(name: string, value: unknown) => void} */
  const commit = (name, value) => {
    const knob = knobs.find((one) => one.name === name);
    const said = knob ? valueWords(knob, value) : value;
    send(kind.name, name, value, `${title}: ${spoken(name)} is ${said}`);
  };
  return html`
    <div class="guard" data-guard=${kind.name} data-on=${isAlways || values.enabled}>
      ${
        isAlways
          ? html`<h4 class="guard-title">${kind.title}</h4>`
          : html`<${Switch}
            id=${`guard-${kind.name}`}
            on=${values.enabled}
            label=${kind.title}
            onToggle=${(/** @type {boolean} */ on) =>
              send(kind.name, "enabled", on, `${title} is ${on ? "on" : "off"}`)}
          />`
      }
      <p class="field-help">${kind.summary.split(/(?<=[.:;]) /)[0]}</p>
      ${
        (isAlways || values.enabled) &&
        html`<${ParameterForm}
          prefix=${kind.name}
          parameters=${knobs}
          values=${values}
          onInput=${ignore}
          onCommit=${commit}
        />`
      }
    </div>
  `;
}

function ignore() {}
