/** The settings of a service itself: how many, how wide, how long a queue, how it is watched. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, state } from "../store.js";
import { run } from "./desk.js";
import { ErrorWords } from "./field.js";
import { labelOf, ParameterForm, valueWords } from "./form.js";
import { GuardSettings } from "./guard_settings.js";
import { Switch } from "./switch.js";

/**
 * @typedef {import("../types.js").Parameter} Parameter
 * @typedef {import("../types.js").CommandError} CommandError
 */

/** @type {Parameter[]} */
const OWN = [
  whole("replicas", 2, 1, 8, "How many instances run, spread over its zones."),
  whole("capacity", 16, 1, 1000, "How many requests one instance works on at once."),
];

const QUEUE = whole("queue", 64, 0, 100_000, "How many requests may wait in one instance.");

/** @param {{service: string}} props */
export function ServiceSettings({ service }) {
  const error = useSignal(/** @type {CommandError | null} */ (null));
  const draft = useSignal(/** @type {Record<string, any>} */ ({}));
  const found = state.value?.services.find((one) => one.name === service);
  if (!found) return null;

  /** @type {(change: Record<string, unknown>, back: Record<string, unknown>, words: string) => Promise<void>} */
  const send = async (change, back, words) => {
    const command = { command: "set_service", service };
    const answer = await run({ ...command, ...change }, `${service}: ${words}`, {
      ...command,
      ...back,
    });
    draft.value = {};
    error.value = answer.ok ? null : answer.error;
  };
  /** @type {(parameters: Parameter[]) => (name: string, value: unknown) => void} */
  const own = (parameters) => (name, value) => {
    const parameter = parameters.find((one) => one.name === name);
    const before = /** @type {Record<string, unknown>} */ (found)[name];
    send({ [name]: value }, { [name]: before }, wordsOf(parameter, name, value));
  };
  /** @type {(part: "health" | "restart", parameters: Parameter[]) => (name: string, value: unknown) => void} */
  const nested = (part, parameters) => (name, value) => {
    const parameter = parameters.find((one) => one.name === name);
    send(
      { [part]: { ...found[part], [name]: value } },
      { [part]: found[part] },
      wordsOf(parameter, name, value),
    );
  };
  /** @type {(name: string, value: unknown) => void} */
  const input = (name, value) => (draft.value = { ...draft.value, [name]: value });
  const errors = errorsOf(error.value);
  const isUnbounded = found.queue === null;
  const health = parametersOf("health", found.health);
  const restart = parametersOf("supervision", found.restart);

  return html`
    ${error.value && !error.value.field && html`<p class="verb-error" role="alert"><${ErrorWords} error=${error.value} /></p>`}
    <section class="settings" aria-label="Size">
      <h3 class="section-title">Size</h3>
      <${ParameterForm}
        prefix="service"
        parameters=${OWN}
        values=${{ ...found, ...draft.value }}
        errors=${errors}
        onInput=${input}
        onCommit=${own(OWN)}
      />
      <${Switch}
        id="service-bounded"
        on=${!isUnbounded}
        label="The queue has a bound"
        onToggle=${(/** @type {boolean} */ on) =>
          send(
            { queue: on ? QUEUE.default : null },
            { queue: found.queue },
            on ? "the queue has a bound" : "the queue has no bound",
          )}
      />
      ${
        isUnbounded
          ? html`<p class="field-help">Without a bound it only grows: every request waits, none is refused.</p>`
          : html`<${ParameterForm}
            prefix="service"
            parameters=${[QUEUE]}
            values=${{ ...found, ...draft.value }}
            errors=${errors}
            onInput=${input}
            onCommit=${own([QUEUE])}
          />`
      }
    </section>
    <${GuardSettings} service=${service} />
    <section class="settings" aria-label="Health checks">
      <h3 class="section-title">Health checks</h3>
      <${ParameterForm}
        prefix="health"
        parameters=${health}
        values=${found.health}
        errors=${errors}
        onInput=${ignore}
        onCommit=${nested("health", health)}
      />
    </section>
    <section class="settings" aria-label="Restart">
      <h3 class="section-title">Restart when it dies</h3>
      <${ParameterForm}
        prefix="restart"
        parameters=${restart}
        values=${found.restart}
        errors=${errors}
        onInput=${ignore}
        onCommit=${nested("restart", restart)}
      />
    </section>
  `;
}

function ignore() {}

/**
 * @param {Parameter | undefined} parameter
 * @param {string} name
 * @param {unknown} value
 */
function wordsOf(parameter, name, value) {
  const label = labelOf(name).toLowerCase();
  return `${label} is ${parameter ? valueWords(parameter, value) : value}`;
}

/**
 * @param {CommandError | null} error its field is "capacity", or "health.interval_s"
 */
function errorsOf(error) {
  if (!error?.field) return {};
  const field = error.field.slice(error.field.lastIndexOf(".") + 1);
  return { [field]: error };
}

/**
 * The parameters as the catalogue has them, or else made from the values.
 *
 * @param {string} pattern
 * @param {Record<string, unknown>} values
 * @returns {Parameter[]}
 */
function parametersOf(pattern, values) {
  const kind = catalogue.value?.patterns.find((one) => one.name === pattern);
  if (kind) return kind.parameters;
  return Object.entries(values).map(([name, value]) => ({
    ...whole(name, value, null, null, ""),
    kind: typeof value === "boolean" ? "flag" : typeof value === "number" ? "number" : "choice",
    unit: name.endsWith("_s") ? "s" : "",
    choices: typeof value === "string" ? [value] : null,
  }));
}

/**
 * @param {string} name
 * @param {unknown} standard
 * @param {number | null} minimum
 * @param {number | null} maximum
 * @param {string} help
 * @returns {Parameter}
 */
function whole(name, standard, minimum, maximum, help) {
  return {
    name,
    kind: "integer",
    default: standard,
    unit: "",
    minimum,
    maximum,
    choices: null,
    help,
    reference: "",
  };
}
