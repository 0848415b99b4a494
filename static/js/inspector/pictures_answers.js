/** Pictures of where answers come from, and whom they are for. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { PartsBar } from "./parts_bar.js";
import { counted } from "./words.js";

/** @type {import("./parts_bar.js").Part[]} */
const COVERED = [
  ["covered", "covered", "stale"],
  ["not_covered", "not covered", "bad"],
];

/** @type {import("./parts_bar.js").Part[]} */
const LOOKS = [
  ["fresh", "fresh", "good"],
  ["stale", "stale", "stale"],
  ["miss", "missed", "missed"],
  ["shared", "waited for another"],
  ["stale_if_error", "old, since asking failed"],
];

/** @type {import("./parts_bar.js").Part[]} */
const AWAITED = [
  ["for_somebody", "for somebody", "good"],
  ["for_nobody", "for nobody", "worse"],
];

/** @param {import("./pictures.js").PictureProps} props */
export function FallbackPicture({ live, seen, read }) {
  return html`<${PartsBar} parts=${COVERED} live=${live} seen=${seen} read=${read} />`;
}

/** @param {import("./pictures.js").PictureProps} props */
export function CachePicture({ layer, live, seen, read }) {
  const kept = useComputed(() => `${live.value?.entries ?? 0} of ${layer.entries} kept`);
  const flights = useComputed(() => `${counted(live.value?.flights ?? 0, "key")} asked for now`);
  return html`
    <p class="picture-words numeric">${kept}, ${flights}</p>
    <${PartsBar} parts=${LOOKS} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function CancellationPicture({ live, seen, read }) {
  const told = useComputed(() => forSomebody(live.value));
  return html`<${PartsBar}
    parts=${AWAITED}
    live=${told}
    seen=${seen}
    read=${(/** @type {any} */ shown) => forSomebody(read(shown))}
  />`;
}

/** @param {any} snapshot whose count of all answers includes those for nobody */
function forSomebody(snapshot) {
  if (!snapshot) return snapshot;
  const { served, for_nobody } = snapshot.counts;
  return { ...snapshot, counts: { ...snapshot.counts, for_somebody: served - for_nobody } };
}
