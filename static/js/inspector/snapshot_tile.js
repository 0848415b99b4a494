/** A pattern at work: its state, the reason for it, and the picture that explains it. */

import { useComputed } from "@preact/signals";
import { html } from "../html.js";
import { PICTURES } from "./pictures.js";
import { spoken } from "./words.js";

/** @param {import("./pictures.js").PictureProps & {title: string, label: string, pattern: string}} props */
export function SnapshotTile(props) {
  const { caller, title, label, pattern, live } = props;
  const picture = PICTURES[pattern];
  const now = useComputed(() => live.value?.state ?? "unknown");
  const word = useComputed(() => spoken(live.value?.state ?? "no news"));
  const reason = useComputed(() => live.value?.reason ?? "no news from this caller");
  return html`
    <section class="tile" data-pattern=${pattern} data-state=${now} aria-label=${label}>
      <header class="tile-head">
        <strong>${title}</strong>
        <span class="tile-state">${word}</span>
        <span class="tile-owner">${caller}</span>
      </header>
      <p class="tile-reason" title=${reason}>${reason}</p>
      ${picture && html`<${picture} ...${props} />`}
    </section>
  `;
}
