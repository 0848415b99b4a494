/** One pattern of a chain: its switch, its settings in a line, its form, its place. */

import { useComputed, useSignal } from "@preact/signals";
import { html } from "../html.js";
import { catalogue, frame, state } from "../store.js";
import { isFixed } from "./chain.js";
import { countedWords } from "./counted_words.js";
import { ErrorWords } from "./field.js";
import { labelOf, ParameterForm, valueWords } from "./form.js";
import { Handle } from "./layer_handle.js";
import { layerWords } from "./layer_words.js";
import { stateSummary } from "./snapshot_words.js";
import { Switch } from "./switch.js";

/**
 * @typedef {import("../types.js").Layer} Layer
 * @typedef {import("../types.js").PatternKind} PatternKind
 * @param {{
 *   dependency: string, layer: Layer, index: number, lowest: number,
 *   depth: number, changed: string[], isElsewhere: boolean, error: any,
 *   onGrab: (event: PointerEvent, from: number) => void, onMove: (from: number, to: number) => void,
 *   last: import("@preact/signals").ReadonlySignal<import("./last_counts.js").LastCounts | null>,
 *   onChange: (changes: Record<string, unknown>, words: string) => void,
 * }} props lowest: the last place it may have; depth: how many enabled patterns are around it
 */
export function PatternCard(props) {
  const { dependency, layer, index, depth, changed, isElsewhere, error, onMove, onChange } = props;
  const isOpen = useSignal(false);
  const kind = catalogue.value?.patterns.find((one) => one.name === layer.pattern);
  const title = kind?.title ?? layer.pattern;
  const id = `layer-${layer.pattern}`;
  const live = useComputed(() => stateSummary(layer.pattern, frame.value?.calls[dependency]));
  const showForm = isOpen.value || Boolean(error?.field);

  /** @param {KeyboardEvent} event */
  const steer = (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(index, index + (event.key === "ArrowUp" ? -1 : 1));
  };

  return html`
    <li
      class="layer"
      id=${id}
      data-row=""
      data-on=${layer.enabled ? "" : null}
      style=${{ "--depth": depth }}
      onKeyDown=${steer}
    >
      <div class="layer-card">
        <${Handle} ...${props} title=${title} />
        <button
          type="button"
          class="layer-open"
          aria-expanded=${showForm ? "true" : "false"}
          aria-controls=${`${id}-form`}
          onClick=${() => (isOpen.value = !isOpen.value)}
        >
          <span class="layer-title">
            ${title}${
              changed.length > 0 || isElsewhere
                ? html`<span class="changed" title=${changedWords(changed, isElsewhere)}>
                  <span class="visually-hidden">${changedWords(changed, isElsewhere)}</span>
                </span>`
                : null
            }
            <span class="layer-state">${layer.enabled ? live : null}</span>
          </span>
          <span class="layer-words" title=${layerWords(layer)}>${layerWords(layer)}</span>
          ${layer.enabled && html`<${Counted} ...${props} />`}
        </button>
        ${
          isFixed(layer)
            ? html`<span class="layer-fixed" title="Something must choose the instance">always on</span>`
            : html`<${Switch}
              id=${`${id}-switch`}
              on=${layer.enabled}
              label=${`${title}, on`}
              hidden
              onToggle=${(/** @type {boolean} */ on) =>
                onChange({ enabled: on }, `${title} is ${on ? "on" : "off"} for ${dependency}`)}
            />`
        }
      </div>
      ${error && !error.field && html`<p class="verb-error" role="alert"><${ErrorWords} error=${error} /></p>`}
      ${showForm && html`<${LayerForm} id=${id} kind=${kind} title=${title} ...${props} />`}
    </li>
  `;
}

/** @param {any} props */
function Counted({ layer, last }) {
  const words = useComputed(() =>
    countedWords(
      last.value?.counts.find((/** @type {any} */ one) => one.pattern === layer.pattern),
    ),
  );
  return html`<span class="layer-counted numeric" title="for the latest request">${words}</span>`;
}

/** @param {any} props */
function LayerForm({ id, dependency, layer, kind, title, changed, error, onChange }) {
  const draft = useSignal(/** @type {Record<string, unknown>} */ ({}));
  if (!kind) return null;
  /** @type {(name: string, value: unknown) => void} */
  const commit = (name, value) => {
    draft.value = {};
    const parameter = kind.parameters.find((/** @type {any} */ one) => one.name === name);
    const words = `${title}: ${labelOf(name).toLowerCase()} is ${valueWords(parameter, value)} for ${dependency}`;
    onChange({ [name]: value }, words);
  };
  return html`
    <div class="layer-form" id=${`${id}-form`}>
      <p class="layer-summary">${kind.summary}</p>
      <${ParameterForm}
        prefix=${id}
        parameters=${kind.parameters}
        values=${{ ...layer, ...draft.value }}
        errors=${error?.field ? { [error.field]: error } : {}}
        onInput=${(/** @type {string} */ name, /** @type {unknown} */ value) =>
          (draft.value = { ...draft.value, [name]: value })}
        onCommit=${commit}
      />
      <${BackToAuthored} dependency=${dependency} layer=${layer} title=${title} changed=${changed} onChange=${onChange} />
    </div>
  `;
}

/** @param {any} props */
function BackToAuthored({ dependency, layer, title, changed, onChange }) {
  const found = state.value?.dependencies.find((/** @type {any} */ one) => one.name === dependency);
  const authored = found?.authored.find(
    (/** @type {Layer} */ one) => one.pattern === layer.pattern,
  );
  if (changed.length === 0 || !authored) return null;
  return html`<button
    type="button"
    class="button button-quiet"
    onClick=${() => onChange(authored, `${title} is as authored again for ${dependency}`)}
  >
    As authored (${changed.map((/** @type {string} */ name) => labelOf(name).toLowerCase()).join(", ")})
  </button>`;
}

/**
 * @param {string[]} changed
 * @param {boolean} isElsewhere
 */
function changedWords(changed, isElsewhere) {
  const fields = changed.map((name) => labelOf(name).toLowerCase());
  return `Changed from the scenario: ${[...(isElsewhere ? ["place"] : []), ...fields].join(", ")}`;
}
