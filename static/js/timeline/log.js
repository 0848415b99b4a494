/** The events as a list to read, newest first, and aloud for those who cannot see it. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { events } from "../store.js";
import { subjectWords } from "./chains.js";
import { lookOf } from "./kinds.js";
import { choose } from "./timeline.js";

const MOST_SHOWN = 150;
const SPEAK_EVERY_MS = 4_000;
const MOST_SPOKEN = 2;

/** @typedef {import("../types.js").LabEvent} LabEvent */

export function EventLog() {
  const all = events.value;
  const shown = all.slice(-MOST_SHOWN).reverse();
  const byId = new Map(all.map((event) => [event.id, event]));
  if (shown.length === 0) {
    return html`<p class="panel-empty">Nothing has happened yet. Faults, restarts and transitions are listed here as they happen.</p>`;
  }
  return html`<ol class="event-list" aria-label="Events, newest first">
    ${shown.map((event) => html`<${Entry} key=${event.id} event=${event} cause=${byId.get(event.cause ?? -1)} />`)}
  </ol>`;
}

/** @param {{event: LabEvent, cause: LabEvent | undefined}} props */
function Entry({ event, cause }) {
  const look = lookOf(event);
  const subject = subjectWords(event);
  const at = event.by && !event.text.includes(event.by) ? ` at ${event.by}` : "";
  return html`<li class="event-entry">
    <button type="button" class="event-button" onClick=${() => choose(event)}>
      <time class="event-time">${clockWords(event.t, 1)}</time>
      <svg class="event-sign" viewBox="0 0 12 12" aria-hidden="true" style=${{ color: look.tone }}>
        <path d=${look.path} fill="currentColor" fill-rule="evenodd" />
      </svg>
      <span class="event-words">
        ${subject && html`<b>${subject}</b>`}${event.text}${at && html`<span class="event-by">${at}</span>`}
        ${
          cause &&
          html`<span class="event-cause">after ${(event.after_s ?? event.t - cause.t).toFixed(1)} s, by ${cause.text}</span>`
        }
      </span>
    </button>
  </li>`;
}

const spoken = signal("");

/** Says what happened, at most every few seconds and never more than can be listened to. */
export function Announcer() {
  useEffect(() => {
    let last = events.peek().at(-1)?.id ?? 0;
    const timer = setInterval(() => {
      const fresh = events.peek().filter((event) => event.id > last);
      if (fresh.length === 0) return;
      last = fresh[fresh.length - 1].id;
      spoken.value = sentence(fresh);
    }, SPEAK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<p class="visually-hidden" role="status" aria-live="polite">${spoken}</p>`;
}

/** @param {LabEvent[]} fresh */
function sentence(fresh) {
  const said = fresh.slice(-MOST_SPOKEN).map((event) => `${subjectWords(event)}${event.text}`);
  const more = fresh.length - said.length;
  return more > 0 ? `${said.join(". ")}. And ${more} more.` : `${said.join(". ")}.`;
}
