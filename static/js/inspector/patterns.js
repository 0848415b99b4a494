/** The Patterns tab: the chain of one dependency, or the settings of the service itself. */

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { html } from "../html.js";
import { state } from "../store.js";
import { changedFields, movedPatterns } from "./chain.js";
import { ChainEdit } from "./chain_edit.js";
import { ChainList } from "./chain_list.js";
import { Changes } from "./changes.js";
import { ErrorWords } from "./field.js";
import { useLastCounts } from "./last_counts.js";
import { LastRequest } from "./last_request.js";
import { Nesting } from "./nesting.js";
import { Presets } from "./presets.js";
import { ServiceSettings } from "./service_settings.js";

/**
 * @typedef {import("./target.js").Target} Target
 * @typedef {{value: string, words: string, group: string}} Scope
 * @param {{target: Target}} props
 */
export function PatternsTab({ target }) {
  const scopes = scopesOf(target);
  const picked = useSignal(scopes[0]?.value ?? "");
  if (scopes.length === 0) {
    return html`<p class="panel-empty">
      Patterns live on dependencies. Select a service, an instance or a link to see the chain of
      patterns that its calls go through.
    </p>`;
  }
  const scope = scopes.find((one) => one.value === picked.value) ?? scopes[0];
  return html`
    ${
      scopes.length > 1 &&
      html`<${ScopePicker} scopes=${scopes} scope=${scope} onPick=${(/** @type {string} */ value) => (picked.value = value)} />`
    }
    <${Changes}>
      ${
        scope.group === SELF
          ? html`<${ServiceSettings} key=${scope.value} service=${scope.value} />`
          : html`<${Chain} key=${scope.value} dependency=${scope.value} />`
      }
    <//>
  `;
}

const SELF = "The service itself";

/**
 * Who calls it comes first: what protects the callers of a broken service is what one looks for.
 *
 * @param {Target} target
 * @returns {Scope[]}
 */
function scopesOf(target) {
  const dependencies = state.value?.dependencies ?? [];
  /** @type {(names: string[], group: string) => Scope[]} */
  const chains = (names, group) =>
    dependencies
      .filter((one) => names.includes(one.name))
      .map((one) => ({ value: one.name, words: `${one.caller} → ${one.callee}`, group }));
  const service =
    target.kind === "service"
      ? target.name
      : state.value?.instances.find((one) => target.kind === "instance" && one.name === target.name)
          ?.service;
  const inside = service
    ? [{ value: service, words: `${service}: replicas, queue, health, restart`, group: SELF }]
    : [];
  const incoming = chains(target.incoming, "Calls it receives");
  const outgoing = chains(target.outgoing, "Calls it makes");
  const fromUsers = incoming.every((one) => one.value.startsWith("users:"));
  return [...(fromUsers ? [...outgoing, ...incoming] : [...incoming, ...outgoing]), ...inside];
}

/** @param {{scopes: Scope[], scope: Scope, onPick: (value: string) => void}} props */
function ScopePicker({ scopes, scope, onPick }) {
  const groups = [...new Set(scopes.map((one) => one.group))];
  return html`
    <p class="scope">
      <label for="pattern-scope">Patterns of</label>
      <select
        class="select"
        id="pattern-scope"
        onChange=${(/** @type {Event} */ event) => onPick(/** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${groups.map(
          (group) => html`<optgroup key=${group} label=${group}>
            ${scopes
              .filter((one) => one.group === group)
              .map(
                (one) =>
                  html`<option value=${one.value} selected=${one.value === scope.value}>${one.words}</option>`,
              )}
          </optgroup>`,
        )}
      </select>
    </p>
  `;
}

/** @param {{dependency: string}} props */
function Chain({ dependency }) {
  const edit = useMemo(() => new ChainEdit(dependency), [dependency]);
  const last = useLastCounts(dependency);
  const chain = edit.chain.value;
  const authored = edit.authored.value;
  const callee = dependency.slice(dependency.indexOf(":") + 1);
  const isChanged =
    movedPatterns(chain, authored).size > 0 ||
    chain.some(
      (layer) =>
        changedFields(
          layer,
          authored.find((one) => one.pattern === layer.pattern),
        ).length > 0,
    );
  return html`
    <${Nesting} chain=${chain} />
    <${Presets} edit=${edit} />
    <p class="chain-head">
      <${LastRequest} last=${last} />
      ${
        isChanged &&
        html`<button
        type="button"
        class="chip-button chip-quiet"
        onClick=${() => edit.change(authored, `the chain of ${dependency} is as authored`)}
      >
        as authored
      </button>`
      }
    </p>
    ${
      edit.error.value &&
      !edit.blamed &&
      html`<p class="verb-error" role="alert"><${ErrorWords} error=${edit.error.value} /></p>`
    }
    <${ChainList} edit=${edit} callee=${callee} last=${last} />
  `;
}
