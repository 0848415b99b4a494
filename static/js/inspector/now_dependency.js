/** A dependency now: how its calls end, how many attempts they cost, what its patterns do. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { frame, state } from "../store.js";
import { Fact, Facts } from "./facts.js";
import { OutcomeShares } from "./outcome_words.js";
import { SECOND, span_s, summed, useRecent } from "./recent.js";
import { Tiles } from "./tiles.js";
import { milliseconds, perSecond } from "./words.js";

const KEPT_S = 10;

/** @param {{target: import("./target.js").Target}} props */
export function DependencyNow({ target }) {
  const { name } = target;
  const found = state.value?.dependencies.find((one) => one.name === name);
  const recent = useRecent((shown) => shown.calls[name]?.outcomes ?? null, KEPT_S * SECOND);
  const attempts = useRecent((shown) => shown.calls[name]?.attempts ?? 0, KEPT_S * SECOND);
  const counts = useComputed(() => summed(recent.value));
  const ended = useComputed(() => counts.value.reduce((sum, count) => sum + count, 0));
  const rate = useComputed(() => perSecond(ended.value / Math.max(0.1, span_s(recent.value))));
  const ratio = useComputed(() => {
    const sum = attempts.value.reduce((total, one) => total + one.figure, 0);
    return ended.value ? (sum / ended.value).toFixed(2) : "–";
  });
  const p99 = useComputed(() => milliseconds(frame.value?.calls[name]?.p99_ms));
  if (!found) return null;
  return html`
    <${OutcomeShares} counts=${counts} over=${`the last ${KEPT_S} s`} />
    <${Facts}>
      <${Fact} name="calls" value=${rate} />
      <${Fact} name="attempts/call" value=${ratio} />
      <${Fact} name="p99" value=${p99} />
    <//>
    <${Tiles} dependency=${name} />
  `;
}
