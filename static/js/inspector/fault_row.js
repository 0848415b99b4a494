/** One fault as a verb: press it and it happens; its form is one step away. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { heal, obeyedWords } from "./active_faults.js";
import { run } from "./desk.js";
import { ErrorWords } from "./field.js";
import { ParameterForm, valueWords } from "./form.js";
import { momentWords } from "./moment.js";

/**
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("./fault_choices.js").FaultChoice} FaultChoice
 * @param {{
 *   choice: FaultChoice, moment: import("./moment.js").Moment, active: Fault[],
 * }} props
 */
export function FaultRow({ choice, moment, active }) {
  const open = useSignal(false);
  const busy = useSignal(false);
  const values = useSignal(/** @type {Record<string, any>} */ ({}));
  const error = useSignal(/** @type {import("../types.js").CommandError | null} */ (null));
  const { kind } = choice;
  const id = `fault-${kind.kind}-${choice.target.replaceAll(/[^\w-]/g, "-")}`;
  const field = error.value?.field?.replace(/^params\./, "") ?? null;
  const own = kind.parameters.some((parameter) => parameter.name === field);

  const inject = async () => {
    if (busy.value) return;
    busy.value = true;
    const answer = await run(
      {
        command: "inject_fault",
        kind: kind.kind,
        target: choice.target,
        params: values.value,
        ...moment,
      },
      (fault) =>
        fault.state === "scheduled"
          ? scheduledWords(fault, moment)
          : `${obeyedWords(fault)}: ${kind.title.toLowerCase()}`,
      (fault) => (fault.kind === "crash" ? null : { command: "heal_fault", fault: fault.id }),
    );
    busy.value = false;
    error.value = answer.ok ? null : answer.error;
    if (!answer.ok && kind.parameters.length > 0) open.value = true;
  };

  return html`
    <div class="verb" data-active=${active.length > 0 ? "" : null} data-open=${open.value ? "" : null}>
      ${
        active.length > 0
          ? html`<button type="button" class="button heal verb-button" onClick=${() => heal(active[0])}>
            Heal
            <span class="visually-hidden"> ${kind.title} ${choice.targetWords}</span>
          </button>`
          : html`<button
            type="button"
            class="button verb-button"
            aria-busy=${busy.value ? "true" : null}
            aria-describedby=${`${id}-about`}
            onClick=${inject}
          >
            ${kind.verb}<span class="visually-hidden"> ${choice.targetWords}</span>
          </button>`
      }
      <p class="verb-about" id=${`${id}-about`}>
        ${kind.targets.includes("pair") && html`<b>${choice.targetWords}.</b> `}${kind.help}
        ${kind.parameters.length > 0 && html` <span class="verb-values">${summary(kind, values.value)}</span>`}
      </p>
      ${
        kind.parameters.length > 0 &&
        html`<button
        type="button"
        class="icon-button"
        aria-expanded=${open.value ? "true" : "false"}
        aria-controls=${`${id}-form`}
        aria-label=${`How to ${kind.verb.toLowerCase()} ${choice.targetWords}`}
        onClick=${() => (open.value = !open.value)}
      >
        <span class="chevron" aria-hidden="true"></span>
      </button>`
      }
      ${error.value && !own && html`<p class="verb-error" role="alert"><${ErrorWords} error=${error.value} /></p>`}
      ${
        open.value &&
        html`<div class="verb-form" id=${`${id}-form`}>
        <${ParameterForm}
          prefix=${id}
          parameters=${kind.parameters}
          values=${values.value}
          errors=${own && field && error.value ? { [field]: error.value } : {}}
          onInput=${(/** @type {string} */ name, /** @type {unknown} */ value) =>
            (values.value = { ...values.value, [name]: value })}
        />
        <button type="button" class="button button-primary" aria-busy=${busy.value ? "true" : null} onClick=${inject}>
          ${kind.verb} ${choice.targetWords}
        </button>
        <span class="quiet">${momentWords(moment)}</span>
      </div>`
      }
    </div>
  `;
}

/**
 * @param {import("../types.js").FaultKind} kind
 * @param {Record<string, unknown>} values
 */
function summary(kind, values) {
  return kind.parameters
    .slice(0, 2)
    .map((parameter) => valueWords(parameter, values[parameter.name] ?? parameter.default))
    .join(", ");
}

/**
 * @param {Fault} fault
 * @param {import("./moment.js").Moment} moment
 */
function scheduledWords(fault, moment) {
  return `${fault.title} on ${fault.target} is set: ${momentWords(moment)}`;
}
