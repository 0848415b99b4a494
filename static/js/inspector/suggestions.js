/** Nothing is selected: what one could do first. */

import { html } from "../html.js";
import { select, state } from "../store.js";

/** @param {{isGone: boolean}} props isGone: what was selected no longer exists */
export function Suggestions({ isGone }) {
  const ideas = ideasFor(/** @type {import("../types.js").State} */ (state.value));
  return html`
    <div class="suggestions">
      <h2 class="inspector-title">${isGone ? "That is no longer here" : "Select something to break"}</h2>
      <p class="inspector-about">
        ${
          isGone
            ? "It was removed, or the lab began anew. Pick something else on the map."
            : "Click an instance, a service, a link or a zone on the map. Here you can then break it, protect it, and look inside."
        }
      </p>
      ${state.value?.scenario.suggestion && html`<p class="suggestion">${state.value.scenario.suggestion}</p>`}
      <ul class="ideas">
        ${ideas.map(
          (idea) => html`<li key=${idea.words}>
            <button type="button" class="idea" onClick=${() => select(idea.kind, idea.name)}>
              <strong>${idea.name}</strong><span class="quiet">${idea.words}</span>
            </button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}

/**
 * @typedef {{kind: import("../types.js").SelectionKind, name: string, words: string}} Idea
 * @param {import("../types.js").State} shown
 * @returns {Idea[]} the deepest instance, what calls it, a zone, the users
 */
function ideasFor(shown) {
  const callers = new Set(shown.dependencies.map((one) => one.caller));
  const leaf = [...shown.dependencies].reverse().find((one) => !callers.has(one.callee));
  const instance = shown.instances.find((one) => one.service === leaf?.callee);
  /** @type {Idea[]} */
  const ideas = [];
  if (instance)
    ideas.push({ kind: "instance", name: instance.name, words: "freeze it, and see who waits" });
  if (leaf)
    ideas.push({
      kind: "dependency",
      name: leaf.name,
      words: "the patterns that protect its callers",
    });
  if (shown.zones.length > 1)
    ideas.push({ kind: "zone", name: shown.zones[0], words: "lose a whole zone" });
  ideas.push({ kind: "users", name: "users", words: "send more of them" });
  return ideas;
}
