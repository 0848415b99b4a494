/** The users now: what they ask for, what they get, and how many they are. */

import { useComputed, useSignal } from "@preact/signals";
import { html } from "../html.js";
import { frame, state } from "../store.js";
import { run } from "./desk.js";
import { Fact, Facts } from "./facts.js";
import { ErrorWords } from "./field.js";
import { labelOf, ParameterForm, valueWords } from "./form.js";
import { mixWith } from "./mix.js";
import { OutcomeShares } from "./outcome_words.js";
import { SECOND, span_s, summed, useRecent } from "./recent.js";
import { milliseconds, perSecond } from "./words.js";

const KEPT_S = 10;

/** @type {import("../types.js").Parameter[]} */
const SETTINGS = [
  setting(
    "rate_per_s",
    "number",
    40,
    "/s",
    0,
    1000,
    "Requests offered per second, whatever becomes of them.",
  ),
  setting("patience_s", "number", 3, "s", 0.01, 300, "How long a user waits before giving up."),
  setting(
    "max_in_flight",
    "integer",
    500,
    "",
    1,
    5000,
    "What exceeds it is counted as dropped, not sent.",
  ),
];

export function UsersNow() {
  const recent = useRecent((shown) => shown.users.outcomes, KEPT_S * SECOND);
  const offers = useRecent((shown) => shown.users.offered, SECOND);
  const counts = useComputed(() => summed(recent.value));
  const offered = useComputed(() => {
    const sum = offers.value.reduce((total, one) => total + one.figure, 0);
    return perSecond(sum / Math.max(0.1, span_s(offers.value)));
  });
  const flight = useComputed(() => String(frame.value?.users.in_flight ?? "–"));
  const dropped = useComputed(() => String(frame.value?.users.dropped ?? "–"));
  const p50 = useComputed(() => milliseconds(frame.value?.users.p50_ms));
  const p99 = useComputed(() => milliseconds(frame.value?.users.p99_ms));
  return html`
    <${OutcomeShares} counts=${counts} over=${`the last ${KEPT_S} s`} />
    <${Facts}>
      <${Fact} name="offered" value=${offered} />
      <${Fact} name="in flight" value=${flight} />
      <${Fact} name="dropped" value=${dropped} />
      <${Fact} name="p50" value=${p50} />
      <${Fact} name="p99" value=${p99} />
    <//>
    <${UserSettings} />
  `;
}

function UserSettings() {
  const draft = useSignal(/** @type {Record<string, any>} */ ({}));
  const error = useSignal(/** @type {import("../types.js").CommandError | null} */ (null));
  const users = state.value?.users;
  if (!users) return null;
  /** @type {(change: Record<string, unknown>, back: Record<string, unknown>, words: string) => Promise<void>} */
  const send = async (change, back, words) => {
    const answer = await run({ command: "set_users", ...change }, words, {
      command: "set_users",
      ...back,
    });
    draft.value = {};
    error.value = answer.ok ? null : answer.error;
  };
  /** @type {(name: string, value: unknown) => void} */
  const commit = (name, value) => {
    const parameter = SETTINGS.find((one) => one.name === name);
    const before = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (users))[name];
    const words = `users: ${labelOf(name).toLowerCase()} is ${parameter ? valueWords(parameter, value) : value}`;
    send({ [name]: value }, { [name]: before }, words);
  };
  const field = error.value?.field;
  return html`
    <section class="settings" aria-label="How many and how patient">
      <h3 class="section-title">How many, how patient</h3>
      ${error.value && !field && html`<p class="verb-error" role="alert"><${ErrorWords} error=${error.value} /></p>`}
      <${ParameterForm}
        prefix="users"
        parameters=${SETTINGS}
        values=${{ ...users, ...draft.value }}
        errors=${field && error.value ? { [field]: error.value } : {}}
        onInput=${(/** @type {string} */ name, /** @type {unknown} */ value) =>
          (draft.value = { ...draft.value, [name]: value })}
        onCommit=${commit}
      />
    </section>
    <${Mix} users=${users} send=${send} />
  `;
}

/**
 * @param {{
 *   users: import("../types.js").Users,
 *   send: (change: object, back: object, words: string) => Promise<void>,
 * }} props
 */
function Mix({ users, send }) {
  const draft = useSignal(/** @type {Record<string, any>} */ ({}));
  const shares = users.mix.map(({ route, share, priority }) => ({
    ...setting(route, "number", share, "ratio", 0, 1, `Priority: ${priority}.`),
  }));
  const now = Object.fromEntries(users.mix.map(({ route, share }) => [route, share]));
  /** @type {(route: string, value: unknown) => void} */
  const commit = (route, value) => {
    draft.value = {};
    const mix = mixWith(users.mix, route, Number(value));
    send({ mix }, { mix: users.mix }, `users: ${valueWords(shares[0], value)} ask for ${route}`);
  };
  return html`
    <section class="settings" aria-label="What they ask for">
      <h3 class="section-title">What they ask for</h3>
      <${ParameterForm}
        prefix="mix"
        parameters=${shares}
        values=${{ ...now, ...draft.value }}
        onInput=${(/** @type {string} */ name, /** @type {unknown} */ value) => {
          draft.value = { ...draft.value, [name]: value };
        }}
        onCommit=${commit}
      />
    </section>
  `;
}

/**
 * @param {string} name
 * @param {"number" | "integer"} kind
 * @param {number} standard
 * @param {string} unit
 * @param {number} minimum
 * @param {number} maximum
 * @param {string} help
 * @returns {import("../types.js").Parameter}
 */
function setting(name, kind, standard, unit, minimum, maximum, help) {
  return {
    name,
    kind,
    default: standard,
    unit,
    minimum,
    maximum,
    choices: null,
    help,
    reference: null,
  };
}
