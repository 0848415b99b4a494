/** Three marks for the first five minutes, one at a time, each dismissed for good. */

import { html } from "../html.js";
import { coached } from "../preferences.js";
import { select, state } from "../store.js";
import { suggestedTarget } from "./suggestion.js";

/**
 * @typedef {{
 *   name: string, place: string, title: () => string, words: (suggestion: string) => string,
 * }} Mark
 */

/** @type {Mark[]} */
const MARKS = [
  {
    name: "try",
    place: "map",
    title: () => (isVirtual() ? "This time is yours" : "These processes are real"),
    words: (suggestion) =>
      `${isVirtual() ? "The same services run on a clock that you can pause, step and turn back." : "Each row is an operating system process with live traffic."} ${suggestion ? `Try this: ${suggestion}.` : "Select one and break it."}`,
  },
  {
    name: "curve",
    place: "strip",
    title: () => "This is what users feel",
    words: () =>
      "The curve and the timeline share one axis: point anywhere to read what happened at that moment.",
  },
  {
    name: "keys",
    place: "keys",
    title: () => "Everything has a key",
    words: () => "Press ? for the list. The map is walked with the arrow keys.",
  },
];

/** @param {{place: string}} props only the mark that belongs here, when it is its turn */
export function CoachMark({ place }) {
  const done = coached.value.split(" ");
  const turn = MARKS.find((mark) => !done.includes(mark.name));
  if (!state.value || turn?.place !== place) return null;
  const suggestion = (state.value.scenario.suggestion ?? "").replace(/\.$/, "");
  const target = turn.name === "try" ? suggestedTarget(state.value) : null;
  const dismiss = () => {
    coached.value = `${coached.peek()} ${turn.name}`.trim();
  };
  const step = MARKS.indexOf(turn) + 1;
  return html`<aside class="coach" data-place=${place} aria-label="Getting started">
    <h2 class="coach-title">${turn.title()}</h2>
    <p>${turn.words(suggestion)}</p>
    <div class="coach-buttons">
      <span class="coach-step">${step} of ${MARKS.length}</span>
      ${
        target &&
        html`<button
        type="button"
        class="button button-primary"
        onClick=${() => {
          select(target.kind, target.name);
          dismiss();
        }}
      >
        Show me ${target.name}
      </button>`
      }
      <button type="button" class="button" onClick=${dismiss}>Got it</button>
    </div>
  </aside>`;
}

function isVirtual() {
  return state.value?.body === "virtual";
}
