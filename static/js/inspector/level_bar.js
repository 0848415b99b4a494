/** A level against its lines, as a bar and in words. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";

/**
 * @typedef {import("./levels.js").Level} Level
 * @typedef {import("@preact/signals").ReadonlySignal<Level | null>} Levels null: nothing is known
 * @param {{name: string, level: Levels, about?: string}} props about: what the lines mean
 */
export function LevelBar({ name, level, about }) {
  const words = useComputed(() => level.value?.words ?? "–");
  const style = useComputed(() => `--share:${(level.value?.share ?? 0).toFixed(3)}`);
  const now = useComputed(() => Math.round((level.value?.share ?? 0) * 100));
  const tone = useComputed(() => level.value?.tone ?? "plain");
  return html`
    <div class="reading" data-tone=${tone} title=${about}>
      <span class="reading-name">${name}</span>
      <span
        class="share"
        role="meter"
        aria-label=${about ? `${name}: ${about}` : name}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${now}
        aria-valuetext=${words}
      >
        <span class="share-bar" style=${style}></span>
        <${Mark} level=${level} at=${0} />
        <${Mark} level=${level} at=${1} />
      </span>
      <span class="reading-words numeric">${words}</span>
    </div>
  `;
}

/** @param {{level: Levels, at: number}} props at: which of the level's lines */
function Mark({ level, at }) {
  const place = useComputed(() => level.value?.marks[at] ?? null);
  const style = useComputed(() => `--at:${(place.value ?? 0).toFixed(3)}`);
  const isNone = useComputed(() => place.value === null);
  return html`<span class="threshold" style=${style} hidden=${isNone}></span>`;
}
