/** What became of the last command, and the way back. */

import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { hush, note, undo, undos } from "./desk.js";
import { sentence } from "./words.js";

const SHOWN_MS = 6000;

export function NoteLine() {
  const said = note.value;
  const last = undos.value.at(-1);
  useEffect(() => {
    if (said?.kind !== "done") return undefined;
    const timer = setTimeout(hush, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  if (!said && !last) return null;
  return html`
    <footer class="note-line" data-kind=${said?.kind ?? "none"}>
      <p class="note-words" role="status">
        ${
          said &&
          html`<span class="note-mark" aria-hidden="true">${said.kind === "done" ? "✓" : "!"}</span>
          ${sentence(said.text)}${said.hint && html` <span class="quiet">${sentence(said.hint)}</span>`}`
        }
      </p>
      ${
        last &&
        html`<button type="button" class="button button-quiet note-undo" title=${last.text} onClick=${undo}>
        Undo<span class="visually-hidden"> ${last.text}</span>
        ${undos.value.length > 1 && html`<span class="undo-count numeric" aria-hidden="true">${undos.value.length}</span>`}
      </button>`
      }
    </footer>
  `;
}
