/** Pictures of writes: their keys, what is known of them, and what was done twice. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { CountList } from "./count_list.js";
import { PartsBar } from "./parts_bar.js";
import { counted } from "./words.js";

/** @type {import("./parts_bar.js").Part[]} */
const KEYS = [
  ["new", "new", "good"],
  ["repeats", "answered again", "mended"],
  ["conflicts", "conflicts", "away"],
  ["mistakes", "mistakes", "bad"],
];

/** @param {import("./pictures.js").PictureProps} props */
export function IdempotencyPicture({ live }) {
  return html`<${CountList} names=${[["given", "keys given"]]} live=${live} />`;
}

/** @param {import("./pictures.js").PictureProps} props */
export function LedgerPicture({ layer, live, seen, read }) {
  const kept = useComputed(() => `${live.value?.entries ?? 0} of ${layer.entries} answers kept`);
  return html`
    <p class="picture-words numeric">${kept}</p>
    <${PartsBar} parts=${KEYS} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function WritesPicture({ live }) {
  const twice = useComputed(() => live.value?.counts.twice ?? 0);
  const done = useComputed(() => counted(live.value?.counts.done ?? 0, "write"));
  const words = useComputed(() =>
    twice.value === 0 ? "none done twice" : `${twice.value} done twice`,
  );
  const tone = useComputed(() => (twice.value > 0 ? "alarm" : "calm"));
  return html`<p class="writes" data-tone=${tone}>
    <span class="writes-sign" aria-hidden="true"></span>
    <b class="numeric">${words}</b> <span class="numeric">of ${done}</span>
  </p>`;
}
