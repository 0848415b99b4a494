/** Everything as tables: for keyboards, for screen readers, for whoever prefers to read. */

import { html } from "../html.js";
import { useCalm } from "./calm.js";
import { NoteLine } from "./note_line.js";
import { DependencyTable, LinkTable } from "./table_calls.js";
import { InstanceTable } from "./table_instances.js";
import { EventTable, FaultTable } from "./table_story.js";
import { milliseconds, percent, perSecond } from "./words.js";

export function TableView() {
  const calm = useCalm().value;
  if (!calm.state) return html`<p class="panel-empty">Waiting for the first word from the lab…</p>`;
  return html`
    <div class="tableview" tabindex="0" role="region" aria-label="Everything as tables">
      <p class="tableview-users">${usersWords(calm.frames)}</p>
      <${FaultTable} state=${calm.state} />
      <${InstanceTable} state=${calm.state} frames=${calm.frames} />
      <${DependencyTable} state=${calm.state} frames=${calm.frames} />
      <${LinkTable} state=${calm.state} frames=${calm.frames} />
      <${EventTable} events=${calm.events} />
      <${NoteLine} />
    </div>
  `;
}

/** @param {import("../types.js").Frame[]} frames of the last second */
function usersWords(frames) {
  const last = frames.at(-1);
  if (!last) return "No figures have come yet.";
  const offered = frames.reduce((sum, one) => sum + one.users.offered, 0);
  const ended = frames.reduce((sum, one) => sum + one.users.outcomes.reduce((a, b) => a + b, 0), 0);
  const good = frames.reduce((sum, one) => sum + one.users.outcomes[0] + one.users.outcomes[1], 0);
  return (
    `Users: ${perSecond(offered)} offered, ${ended ? percent(Math.round((good / ended) * 100) / 100) : "–"} answered well, ` +
    `${last.users.in_flight} in flight; p50 ${milliseconds(last.users.p50_ms)}, ` +
    `p95 ${milliseconds(last.users.p95_ms)}, p99 ${milliseconds(last.users.p99_ms)}.`
  );
}
