/** A failure detector at work: how suspicious each instance's silence is, over the last seconds. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { SECOND, useRecent } from "./recent.js";
import { Sparkline } from "./sparkline.js";
import { StateWord } from "./state_word.js";
import { suspicionWords } from "./suspicion.js";

const SPAN_S = 10;
const ABOVE_THE_LINE = 1.25;

/**
 * @param {{
 *   caller: string, label: string, live: import("./while_seen.js").Live, seen: import("./while_seen.js").Seen,
 *   read: import("./pictures.js").Read, health: Record<string, any>,
 * }} props health: the settings of the callee
 */
export function HealthTile({ caller, label, live, seen, read, health }) {
  const names = useComputed(() =>
    Object.keys(live.value ?? {})
      .sort()
      .join("\n"),
  );
  const isPhi = health.detector === "phi";
  return html`
    <section class="tile" data-pattern="detector" aria-label=${label}>
      <header class="tile-head">
        <strong>Failure detector</strong>
        <span class="tile-state">${isPhi ? "phi" : "fixed"}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="picture-words">
        ${
          isPhi
            ? "phi: how unlikely the present silence is, in powers of ten; the line is the threshold"
            : "the present silence as a multiple of the timeout; at the line it is suspected"
        }
      </p>
      ${names.value
        .split("\n")
        .filter(Boolean)
        .map(
          (name) =>
            html`<${Suspicion} key=${name} name=${name} live=${live} seen=${seen} read=${read} />`,
        )}
    </section>
  `;
}

/**
 * @param {{
 *   name: string, live: import("./while_seen.js").Live, seen: import("./while_seen.js").Seen,
 *   read: import("./pictures.js").Read,
 * }} props
 */
function Suspicion({ name, live, seen, read }) {
  const now = useComputed(() => live.value?.[name] ?? null);
  const points = useRecent(
    (shown) => read(shown)?.[name]?.suspicion ?? null,
    SPAN_S * SECOND,
    seen,
  );
  const line = useComputed(() => now.value?.threshold ?? null);
  const most = useComputed(() => (line.value ?? 1) * ABOVE_THE_LINE);
  const isOut = useComputed(() => now.value?.state === "unhealthy");
  const words = useComputed(() => suspicionWords(now.value));
  const tone = useComputed(() => (isOut.value ? "over" : "plain"));
  return html`
    <div class="reading reading-tall reading-member" data-tone=${tone}>
      <span class="reading-name">
        ${name}${" "}<${StateWord} state=${isOut.value ? "ejected" : "up"} word=${isOut.value ? "out" : "in"} />
      </span>
      <${Sparkline} points=${points} span_s=${SPAN_S} most=${most} line=${line} />
      <span class="reading-words numeric">${words}</span>
    </div>
  `;
}
