/** Pictures of what limits: a rate's bucket, a throttle's refusals, an admission limit. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { frame } from "../store.js";
import { admissionLevel } from "./guard_levels.js";
import { LevelBar } from "./level_bar.js";
import { askedLevel, bucketLevel, refusalLevel } from "./levels.js";
import { PartsBar } from "./parts_bar.js";
import { instanceFigures } from "./readings.js";
import { SECOND, useRecent } from "./recent.js";
import { Sparkline } from "./sparkline.js";

const SPAN_S = 10;

/** @type {import("./parts_bar.js").Part[]} */
const PASSED = [
  ["passed", "passed", "good"],
  ["refused", "refused here", "away"],
];

/** @type {import("./parts_bar.js").Part[]} */
const SENT = [
  ["sent", "sent", "good"],
  ["refused", "refused here", "away"],
];

/** @param {import("./pictures.js").PictureProps} props */
export function RateLimitPicture({ live, seen, read }) {
  const bucket = useComputed(() => live.value && bucketLevel(live.value));
  return html`
    <${LevelBar} name="Tokens" level=${bucket} about="each call takes one; left of the line there is none" />
    <${PartsBar} parts=${PASSED} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function ThrottlePicture({ layer, live, seen, read }) {
  const refusal = useComputed(() => live.value && refusalLevel(live.value));
  const asked = useComputed(() => live.value && askedLevel(live.value, layer.k));
  return html`
    <${LevelBar} name="Refusal" level=${refusal} about="the chance that a call is refused here" />
    <${LevelBar} name="Asked" level=${asked} about=${`${layer.k} times what is accepted is allowed; beyond the line is too much`} />
    <${PartsBar} parts=${SENT} live=${live} seen=${seen} read=${read} />
  `;
}

/** @param {import("./pictures.js").PictureProps} props */
export function AdmissionPicture({ caller, live, seen, read }) {
  const inside = useComputed(
    () => (seen.value ? instanceFigures(frame.value, caller)?.[0] : 0) ?? 0,
  );
  const full = useComputed(() => live.value && admissionLevel(live.value, inside.value));
  const limits = useRecent((shown) => read(shown)?.limit ?? null, SPAN_S * SECOND, seen);
  const most = useComputed(() =>
    Math.max(8, 1.25 * Math.max(...limits.value.map((one) => one.figure ?? 0))),
  );
  const line = useComputed(() => /** @type {number | null} */ (null));
  const limit = useComputed(() => `limit ${live.value?.limit ?? "–"}`);
  return html`
    <${LevelBar} name="Inside" level=${full} about="how full the limit is, those that wait included" />
    <div class="reading reading-tall">
      <span class="reading-name">Limit</span>
      <${Sparkline} points=${limits} span_s=${SPAN_S} most=${most} line=${line} />
      <span class="reading-words numeric">${limit}</span>
    </div>
  `;
}
