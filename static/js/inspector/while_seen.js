/** What is scrolled out of sight, or folded away, costs nothing: it hears of no frame. */

import { untracked, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";

/** So far beyond the edge things are kept fresh, so that scrolling shows nothing stale. */
const MARGIN = "60px";

/**
 * @typedef {import("@preact/signals").ReadonlySignal<any>} Live the newest snapshot, or null
 * @typedef {import("@preact/signals").ReadonlySignal<boolean>} Seen
 * @param {{read: () => any, children: (live: Live, seen: Seen) => any}} props
 *   read: reads signals; children: drawn with what was read while they were on the screen
 */
export function WhileSeen({ read, children }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const kept = useRef(/** @type {any} */ (undefined));
  const seen = useSignal(false);
  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => (seen.value = entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: MARGIN },
    );
    if (place.current) watch.observe(place.current);
    return () => watch.disconnect();
  }, []);
  const live = useComputed(() => {
    if (seen.value) kept.current = read();
    else if (kept.current === undefined) kept.current = untracked(read);
    return kept.current;
  });
  return html`<div class="tile-place" ref=${place}>${children(live, seen)}</div>`;
}
