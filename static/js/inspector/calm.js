/** The newest of everything once a second, so that a screen reader can keep up. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { events, frame, state } from "../store.js";
import { SECOND, useRecent } from "./recent.js";

const EVERY_MS = 1000;

/**
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {{
 *   state: import("../types.js").State | null, frame: Frame | null, frames: Frame[],
 *   events: import("../types.js").LabEvent[],
 * }} Calm frames: those of the last second
 */

/** @returns {import("@preact/signals").Signal<Calm>} */
export function useCalm() {
  const recent = useRecent((shown) => shown, SECOND);
  const read = () => ({
    state: state.peek(),
    frame: frame.peek(),
    frames: recent.peek().map((one) => one.figure),
    events: events.peek(),
  });
  const calm = useSignal(/** @type {Calm} */ (read()));
  useEffect(() => {
    const timer = setInterval(() => (calm.value = read()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return calm;
}
