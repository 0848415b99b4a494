/** One fault as a verb: press it and it happens; its form is one step away. */

import { useSignal } from "@preact/signals";
import { html } from "../html.js";
import { heal, obeyedWords } from "./active_faults.js";
import { run } from "./desk.js";
import { ErrorWords } from "./field.js";
import { labelOf, ParameterForm, valueWords } from "./form.js";
import { momentWords } from "./moment.js";

/**
 * @typedef {import("../types.js").Fault} Fault
 * @typedef {import("../types.js").CommandError} CommandError
 * @typedef {import("./fault_choices.js").FaultChoice} FaultChoice
 * @param {{
 *   choice: FaultChoice, moment: import("./moment.js").Moment, active: Fault[],
 * }} props
 */
export function FaultRow({ choice, moment, active }) {
  const isOpen = useSignal(false);
  const isBusy = useSignal(false);
  const values = useSignal(/** @type {Record<string, any>} */ ({}));
  const error = useSignal(/** @type {CommandError | null} */ (null));
  const { kind } = choice;
  const id = `fault-${kind.kind}-${choice.target.replaceAll(/[^\w-]/g, "-")}`;
  const inject = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    error.value = await injected(choice, values.value, moment);
    isBusy.value = false;
    if (error.value && kind.parameters.length > 0) isOpen.value = true;
  };
  const field = blamedField(kind, error.value);
  return html`
    <div class="verb" data-active=${active.length > 0 ? "" : null}>
      <${VerbButton} id=${id} choice=${choice} active=${active} isBusy=${isBusy.value} onInject=${inject} />
      <p class="verb-about" id=${`${id}-about`}>
        ${kind.targets.includes("pair") && html`<b>${choice.targetWords}.</b> `}${firstSentence(kind.help)}
        <span class="verb-values"> ${summary(kind, values.value)}</span>
      </p>
      <${Opener} id=${id} choice=${choice} isOpen=${isOpen} />
      ${
        error.value &&
        !field &&
        html`<p class="verb-error" role="alert"><${ErrorWords} error=${error.value} /></p>`
      }
      ${
        isOpen.value &&
        html`<div class="verb-form" id=${`${id}-form`}>
          <p class="verb-help">${kind.help}</p>
          <${ParameterForm}
            prefix=${id}
            parameters=${kind.parameters}
            values=${values.value}
            errors=${field ? { [field]: error.value } : {}}
            onInput=${(/** @type {string} */ name, /** @type {unknown} */ value) => {
              values.value = { ...values.value, [name]: value };
            }}
          />
          <button
            type="button"
            class="button button-primary"
            aria-busy=${isBusy.value ? "true" : null}
            onClick=${inject}
          >
            ${kind.verb} ${choice.targetWords}
          </button>
          <span class="quiet">${momentWords(moment)}</span>
        </div>`
      }
    </div>
  `;
}

/** @param {string} help */
function firstSentence(help) {
  return help.split(/(?<=\.) /)[0];
}

/** @param {{id: string, choice: FaultChoice, active: Fault[], isBusy: boolean, onInject: () => void}} props */
function VerbButton({ id, choice, active, isBusy, onInject }) {
  const { kind, targetWords } = choice;
  if (active.length > 0) {
    return html`<button type="button" class="button heal verb-button" onClick=${() => heal(active[0])}>
      Heal<span class="visually-hidden"> ${targetWords}: ${kind.title}</span>
    </button>`;
  }
  return html`<button
    type="button"
    class="button verb-button"
    aria-busy=${isBusy ? "true" : null}
    aria-describedby=${`${id}-about`}
    onClick=${onInject}
  >
    ${kind.verb}<span class="visually-hidden"> ${targetWords}</span>
  </button>`;
}

/** @param {{id: string, choice: FaultChoice, isOpen: import("@preact/signals").Signal<boolean>}} props */
function Opener({ id, choice, isOpen }) {
  return html`<button
    type="button"
    class="icon-button"
    aria-expanded=${isOpen.value ? "true" : "false"}
    aria-controls=${`${id}-form`}
    aria-label=${`Settings for ${choice.targetWords}: ${choice.kind.title}`}
    onClick=${() => {
      isOpen.value = !isOpen.value;
    }}
  >
    <span class="chevron" aria-hidden="true"></span>
  </button>`;
}

/**
 * @param {FaultChoice} choice
 * @param {Record<string, unknown>} params
 * @param {import("./moment.js").Moment} moment
 * @returns {Promise<CommandError | null>}
 */
async function injected({ kind, target }, params, moment) {
  const answer = await run(
    { command: "inject_fault", kind: kind.kind, target, params, ...moment },
    (fault) => injectedWords(fault, moment),
    (fault) => (isOver(fault) ? null : { command: "heal_fault", fault: fault.id }),
  );
  return answer.ok ? null : answer.error;
}

/**
 * @param {Fault} fault as the reply has it
 * @returns {boolean} a crash is over as soon as it has happened: there is nothing to take back
 */
export function isOver({ state, kind, ends_t }) {
  if (state === "scheduled") return false;
  return state !== "active" || ((kind === "crash" || kind === "terminate") && ends_t === null);
}

/**
 * @param {Fault} fault
 * @param {import("./moment.js").Moment} moment
 */
function injectedWords(fault, moment) {
  if (fault.state === "scheduled")
    return `${fault.title} on ${fault.target}: ${momentWords(moment)}`;
  return `${obeyedWords(fault)}: ${fault.title.toLowerCase()}`;
}

/**
 * @param {import("../types.js").FaultKind} kind
 * @param {CommandError | null} error
 * @returns {string | null} the parameter it is about, if it is about one of its own
 */
function blamedField(kind, error) {
  const field = error?.field?.replace(/^params\./, "") ?? null;
  return kind.parameters.some((parameter) => parameter.name === field) ? field : null;
}

/**
 * @param {import("../types.js").FaultKind} kind
 * @param {Record<string, unknown>} values
 * @returns {string} the first settings in words: "every 2 s, length 0.5 s"
 */
function summary(kind, values) {
  return kind.parameters
    .slice(0, 2)
    .map((parameter) => {
      const words = valueWords(parameter, values[parameter.name] ?? parameter.default);
      return parameter.name === "kind"
        ? words
        : `${labelOf(parameter.name).toLowerCase()} ${words}`;
    })
    .join(", ");
}
