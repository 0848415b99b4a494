/** Waits for what signals will say. */

import { effect } from "@preact/signals";

/**
 * @param {() => boolean} holds reads signals
 * @param {number} limit_ms it is given up silently after this
 * @returns {Promise<void>}
 */
export function until(holds, limit_ms) {
  return new Promise((resolve) => {
    /** @type {(() => void) | undefined} */
    let stop;
    const timer = setTimeout(finish, limit_ms);
    function finish() {
      clearTimeout(timer);
      queueMicrotask(() => stop?.());
      resolve();
    }
    stop = effect(() => {
      if (holds()) finish();
    });
  });
}
