/** The scrub track: from the first moment to now, with what happened; drag it or use the arrows. */

import { useMemo, useRef } from "preact/hooks";
import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { useSize } from "../map/size.js";
import { momentAt, momentByKey, shareAt } from "./scrub.js";
import { trackMarks } from "./track_marks.js";

/** So often marks move to the left while now goes on. */
const MOVED_PER_S = 4;

/**
 * @param {{
 *   from_t: number, to_t: number, t: number, words: string,
 *   events: import("../types.js").LabEvent[], onSeek: (t: number) => void,
 * }} props words: what is looked at, for those who hear it
 */
export function Track({ from_t, to_t, t, words, events, onSeek }) {
  const { ref, size } = useSize();
  const dragging = useRef(false);
  const stretch = { from_t, to_t };
  const at = `${shareAt(t, stretch) * 100}%`;
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = /** @type {Element} */ (ref.current).getBoundingClientRect();
    onSeek(momentAt(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)), stretch));
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = momentByKey(t, event, stretch);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    onSeek(next);
  };
  return html`<div
    id="scrub"
    class="scrub"
    role="slider"
    tabindex="0"
    aria-label="Moment"
    aria-valuemin=${from_t}
    aria-valuemax=${Math.max(from_t, to_t)}
    aria-valuenow=${t}
    aria-valuetext=${words}
    title="Drag, or use ← and → (with Shift: ten seconds)"
    onKeyDown=${press}
    onPointerDown=${(/** @type {PointerEvent} */ event) => {
      if (event.button !== 0) return;
      dragging.current = true;
      /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
      follow(event);
    }}
    onPointerMove=${(/** @type {PointerEvent} */ event) => dragging.current && follow(event)}
    onLostPointerCapture=${() => {
      dragging.current = false;
    }}
  >
    <div class="scrub-track" ref=${ref}>
      <i class="scrub-fill" style=${{ width: at }}></i>
      <${Marks} events=${events} stretch=${stretch} width=${size.value.width} />
      <i class="scrub-thumb" style=${{ left: at }}></i>
    </div>
    <span class="scrub-end" aria-hidden="true">${clockWords(to_t)}</span>
  </div>`;
}

/**
 * @param {{
 *   events: import("../types.js").LabEvent[], stretch: import("./scrub.js").Stretch, width: number,
 * }} props
 */
function Marks({ events, stretch, width }) {
  const { from_t } = stretch;
  const to_t = Math.ceil(stretch.to_t * MOVED_PER_S) / MOVED_PER_S;
  const marks = useMemo(
    () => (width > 0 ? trackMarks(events, { from_t, to_t }, width) : []),
    [events, from_t, to_t, width],
  );
  return marks.map(
    ({ event, look, x }) => html`<svg
      key=${event.id}
      class="scrub-mark"
      viewBox="0 0 12 12"
      aria-hidden="true"
      style=${{ color: look.tone, left: `${x}px` }}
    >
      <title>${clockWords(event.t, 1)} ${event.text}</title>
      <path class="mark-back" d=${look.path} />
      <path d=${look.path} fill="currentColor" fill-rule="evenodd" />
    </svg>`,
  );
}
