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
        <p class="inspector-about">
          ${target.about}
          ${relativesOf(target, instance).map(
            ({ kind, name, words }) => html`<span key=${name}
              >${" · "}<button type="button" class="text-link" onClick=${() => select(kind, name)}>
                ${words}
              </button></span
            >`,
          )}
        </p>
      </div>
      ${instance && html`<${StateWord} state=${instance.state} />`}
      <button
        type="button"
        class="icon-button"
        aria-label="Select nothing"
        title="Select nothing (Esc)"
        onClick=${() => select(null)}
      >
        <${Icon} name="close" />
      </button>
    </header>
  `;
}

/**
 * @typedef {{kind: import("../types.js").SelectionKind, name: string, words: string}} Relative
 * @param {import("./target.js").Target} target
 * @param {import("../types.js").Instance | undefined} instance
 * @returns {Relative[]} what one may want to look at from here
 */
function relativesOf(target, instance) {
  switch (target.kind) {
    case "instance":
      return instance
        ? [{ kind: "service", name: instance.service, words: `all of ${instance.service}` }]
        : [];
    case "service":
      return target.instances.map((name) => ({ kind: "instance", name, words: name }));
    case "dependency":
      return target.links.map((name) => ({ kind: "link", name, words: name }));
    case "link": {
      const [name] = target.outgoing;
      return [{ kind: "dependency", name, words: `all of ${name.replace(":", " → ")}` }];
    }
    default:
      return [];
  }
}
