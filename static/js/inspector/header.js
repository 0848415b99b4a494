/** Who is selected, in which state, and the way to its relatives. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { select, state } from "../store.js";
import { StateWord } from "./state_word.js";

/** @param {{target: import("./target.js").Target}} props */
export function Header({ target }) {
  const instance = state.value?.instances.find(
    (one) => target.kind === "instance" && one.name === target.name,
  );
  return html`
    <header class="inspector-head">
      <div class="inspector-names">
        <h2 class="inspector-title" id="inspector-title">${target.title}</h2>
        <p class="inspector-about">${target.about}</p>
      </div>
      ${instance && html`<${StateWord} state=${instance.state} />`}
      <button type="button" class="icon-button" aria-label="Select nothing" onClick=${() => select(null)}>
        <${Icon} name="close" />
      </button>
    </header>
    <${Relatives} target=${target} instance=${instance} />
  `;
}

/** @param {{target: import("./target.js").Target, instance?: import("../types.js").Instance}} props */
function Relatives({ target, instance }) {
  if (instance) {
    const siblings = state.value?.instances.filter((one) => one.service === instance.service) ?? [];
    return html`<p class="relatives">
      <${Relative} kind="service" name=${instance.service} words=${`all of ${instance.service}`} />
      ${siblings
        .filter((one) => one.name !== instance.name)
        .map(
          (one) =>
            html`<${Relative} key=${one.name} kind="instance" name=${one.name} words=${one.name} />`,
        )}
    </p>`;
  }
  if (target.kind === "service") {
    return html`<p class="relatives">
      ${target.instances.map((name) => html`<${Relative} key=${name} kind="instance" name=${name} words=${name} />`)}
    </p>`;
  }
  if (target.kind === "link") {
    const dependency = target.outgoing[0];
    return html`<p class="relatives">
      <${Relative} kind="dependency" name=${dependency} words=${`all links of ${dependency.replace(":", " → ")}`} />
    </p>`;
  }
  if (target.kind === "dependency") {
    return html`<p class="relatives">
      ${target.links.map((name) => html`<${Relative} key=${name} kind="link" name=${name} words=${name} />`)}
    </p>`;
  }
  return null;
}

/** @param {{kind: import("../types.js").SelectionKind, name: string, words: string}} props */
function Relative({ kind, name, words }) {
  return html`<button type="button" class="relative" onClick=${() => select(kind, name)}>${words}</button>`;
}
