/** The state of an instance: its picture and its word. */

import { html } from "../html.js";
import { STATES, StateMark } from "../marks.js";

/** @param {{state: string, word?: string}} props word: another than the state's own */
export function StateWord({ state, word }) {
  return html`<span class="state-word" data-state=${state}>
    <${StateMark} state=${state} />${word ?? STATES[state]?.word ?? state}
  </span>`;
}
