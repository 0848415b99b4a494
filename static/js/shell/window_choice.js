/** How much of the past the curves and the timeline show. */

import { html } from "../html.js";
import { windowSeconds } from "../preferences.js";

const CHOICES = [
  { seconds: "30", word: "30 s" },
  { seconds: "120", word: "2 min" },
  { seconds: "300", word: "5 min" },
];

export function WindowChoice() {
  return html`<div class="window-choice" role="group" aria-label="Time shown">
    ${CHOICES.map(
      ({ seconds, word }) => html`<button
        type="button"
        key=${seconds}
        class="window-button"
        aria-pressed=${seconds === windowSeconds.value ? "true" : "false"}
        onClick=${() => {
          windowSeconds.value = seconds;
        }}
      >
        ${word}
      </button>`,
    )}
  </div>`;
}
