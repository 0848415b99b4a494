/** Pictures of what is done about a queue: at its door, at its exit, and to what it makes slow. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import {
  dimmerLevel,
  fillLevel,
  intervalLevel,
  neededLevel,
  slowLevel,
  waitingLevel,
  waitLevel,
} from "./guard_levels.js";
import { LevelBar } from "./level_bar.js";
import { PartsBar } from "./parts_bar.js";

/** @typedef {import("./parts_bar.js").Part[]} Parts */

/** @type {Parts} */
const JUDGED = [
  ["passed", "passed", "good"],
  ["dropped", "dropped", "away"],
];

/** @type {Parts} */
const ENDS = [
  ["oldest_first", "oldest first", "good"],
  ["newest_first", "newest first", "mended"],
];

/** @type {Parts} */
const DOOR = [
  ["let_in", "let in", "good"],
  ["default_shed", "default shed", "away"],
  ["sheddable_shed", "sheddable shed", "stale"],
  ["critical_shed", "critical shed"],
];

/** @type {Parts} */
const BEGUN = [
  ["begun", "begun", "good"],
  ["hopeless", "could not finish", "away"],
  ["expired", "expired", "bad"],
];

/** @type {Parts} */
const PAGES = [
  ["whole", "whole", "good"],
  ["dimmed", "dimmed", "stale"],
];

/** @param {import("./pictures.js").PictureProps} props */
export function CodelPicture({ live, seen, read }) {
  const wait = useComputed(() => live.value && waitLevel(live.value));
  const interval = useComputed(() => live.value && intervalLevel(live.value));
  return html`
    <${LevelBar} name="Wait" level=${wait} about="the latest wait in the queue; the line is the target" />
    <${LevelBar} name="Interval" level=${interval} about="how long no wait has been below the target" />
    <${PartsBar} parts=${JUDGED} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function QueueOrderPicture({ layer, live, seen, read }) {
  const waiting = useComputed(
    () => live.value && waitingLevel(live.value, /** @type {any} */ (layer)),
  );
  return html`
    <${LevelBar} name="Waiting" level=${waiting} about="adaptive serves the newest beyond the line" />
    <${PartsBar} parts=${ENDS} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function SheddingPicture({ layer, live, seen, read }) {
  const fill = useComputed(() => live.value && fillLevel(live.value, /** @type {any} */ (layer)));
  const told = useComputed(() => withLetIn(live.value));
  return html`
    <${LevelBar}
      name="Queue"
      level=${fill}
      about="sheddable requests are turned away from the first line, default ones from the second"
    />
    <${PartsBar}
      parts=${DOOR}
      live=${told}
      seen=${seen}
      read=${(/** @type {any} */ shown) => withLetIn(read(shown))}
    />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function DeadlineDropPicture({ live, seen, read }) {
  const needed = useComputed(() => live.value && neededLevel(live.value));
  return html`
    <${LevelBar} name="Needed" level=${needed} about="what the work usually takes, of the time that the latest had left" />
    <${PartsBar} parts=${BEGUN} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function BrownoutPicture({ live, seen, read }) {
  const dimmer = useComputed(() => live.value && dimmerLevel(live.value));
  const slow = useComputed(() => live.value && slowLevel(live.value));
  return html`
    <${LevelBar} name="Dimmer" level=${dimmer} about="the share of answers with their optional parts" />
    <${LevelBar} name="Slowest" level=${slow} about="the slowest twentieth of the answers; the line is the target" />
    <${PartsBar} parts=${PAGES} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {any} snapshot of shedding, which counts each class apart */
function withLetIn(snapshot) {
  if (!snapshot) return snapshot;
  const { critical_served, default_served, sheddable_served } = snapshot.counts;
  const let_in = critical_served + default_served + sheddable_served;
  return { ...snapshot, counts: { ...snapshot.counts, let_in } };
}
