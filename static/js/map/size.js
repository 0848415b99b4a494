/** The size of an element, as a signal that follows it. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * @returns {{
 *   ref: {current: any}, size: import("@preact/signals").Signal<{width: number, height: number}>,
 * }} 0 by 0 until it is on the page
 */
export function useSize() {
  const ref = useRef(/** @type {any} */ (null));
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const watcher = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      size.value = { width: Math.round(width), height: Math.round(height) };
    });
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return { ref, size };
}
