/** A link now: what goes over this one connection, and what is done to it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { select, state } from "../store.js";
import { Fact, Facts } from "./facts.js";
import { OutcomeShares } from "./outcome_words.js";
import { linkFigures } from "./readings.js";
import { SECOND, span_s, summed, useRecent } from "./recent.js";
import { Tiles } from "./tiles.js";
import { milliseconds, percent, perSecond, spoken } from "./words.js";

const KEPT_S = 10;

/** @param {{target: import("./target.js").Target}} props */
export function LinkNow({ target }) {
  const { name } = target;
  const link = state.value?.links.find((one) => one.name === name);
  const recent = useRecent((shown) => linkFigures(shown, name), KEPT_S * SECOND);
  const counts = useComputed(() =>
    summed(recent.value.map(({ t, figure }) => ({ t, figure: figure?.[0] }))),
  );
  const rate = useComputed(() => {
    const ended = counts.value.reduce((sum, count) => sum + count, 0);
    return perSecond(ended / Math.max(0.1, span_s(recent.value)));
  });
  const p99 = useComputed(() =>
    milliseconds(recent.value.findLast((one) => one.figure?.[1] != null)?.figure?.[1]),
  );
  if (!link) return null;
  return html`
    <${OutcomeShares} counts=${counts} over=${`the last ${KEPT_S} s`} />
    <${Facts}>
      <${Fact} name="attempts" value=${rate} />
      <${Fact} name="p99" value=${p99} />
      <${Fact} name="proxy port" value=${link.port} isCode />
      <${Fact} name="connection" value=${link.enabled ? "open" : "cut"} />
    <//>
    <section class="block" aria-label="Toxics">
      <h3 class="section-title">Toxics</h3>
      ${
        link.toxics.length === 0
          ? html`<p class="quiet">None: bytes pass untouched.</p>`
          : html`<ul class="toxics">
            ${link.toxics.map((toxic) => html`<li key=${toxic.name}>${toxicWords(toxic)}</li>`)}
          </ul>`
      }
    </section>
    <section class="block" aria-label="Patterns of its caller">
      <h3 class="section-title">
        <button type="button" class="text-link" onClick=${() => select("dependency", link.dependency)}>
          ${link.dependency}
        </button>
        ${" on "}${link.caller}
      </h3>
      <${Tiles} dependency=${link.dependency} callers=${[link.caller]} />
    </section>
  `;
}

/**
 * @param {import("../types.js").Toxic} toxic
 * @returns {string} "latency downstream: latency 200, jitter 20; on 50 % of connections"
 */
export function toxicWords(toxic) {
  const attributes = Object.entries(toxic.attributes).map(
    ([name, value]) => `${spoken(name)} ${value}`,
  );
  const share = toxic.toxicity < 1 ? `; on ${percent(toxic.toxicity)} of connections` : "";
  return `${spoken(toxic.type)} ${toxic.stream}: ${attributes.join(", ") || "as it comes"}${share}`;
}
