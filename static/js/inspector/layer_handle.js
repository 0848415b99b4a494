/** The handle for the hand, and two buttons that do the same for the keyboard. */

import { html } from "../html.js";
import { isFixed } from "./chain.js";

/** @param {any} props those of its card */
export function Handle({ layer, index, lowest, title, onGrab, onMove }) {
  if (isFixed(layer))
    return html`<span class="layer-handle" data-fixed="" aria-hidden="true"></span>`;
  return html`
    <span
      class="layer-handle"
      title="Drag to reorder, or Alt with the arrow keys"
      onPointerDown=${(/** @type {PointerEvent} */ event) => onGrab(event, index)}
      aria-hidden="true"
    ></span>
    <span class="layer-moves">
      <button
        type="button"
        class="move"
        data-way="up"
        aria-label=${`Move ${title} outwards`}
        aria-disabled=${index === 0 ? "true" : null}
        onClick=${() => onMove(index, index - 1)}
      ></button>
      <button
        type="button"
        class="move"
        data-way="down"
        aria-label=${`Move ${title} inwards`}
        aria-disabled=${index >= lowest ? "true" : null}
        onClick=${() => onMove(index, index + 1)}
      ></button>
    </span>
  `;
}
