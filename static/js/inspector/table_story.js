/** What is broken, and what has happened. */

import { html } from "../html.js";
import { heal, obeyedWords } from "./active_faults.js";
import { remainingWords } from "./moment.js";
import { now_t } from "./readings.js";
import { spoken } from "./words.js";

const EVENTS_SHOWN = 40;

/** @param {{state: import("../types.js").State}} props */
export function FaultTable({ state }) {
  return html`
    <table class="wide">
      <caption>
        Faults
      </caption>
      <thead>
        <tr>
          <th scope="col">Fault</th>
          <th scope="col">Target</th>
          <th scope="col">State</th>
          <th scope="col">Left</th>
          <th scope="col">Obeyed</th>
          <th scope="col">Action</th>
        </tr>
      </thead>
      <tbody>
        ${
          state.faults.length === 0 &&
          html`<tr>
          <td colspan="6" class="quiet">Nothing is broken on purpose.</td>
        </tr>`
        }
        ${state.faults.map(
          (fault) => html`<tr key=${fault.id}>
            <th scope="row">${fault.title}</th>
            <td>${fault.target}</td>
            <td>${fault.state}</td>
            <td class="numeric">${remainingWords(fault, now_t.peek())}</td>
            <td>${fault.state === "active" ? obeyedWords(fault) : "–"}</td>
            <td>
              <button type="button" class="button heal" aria-label=${`Heal ${fault.target}: ${fault.title}`} onClick=${() => heal(fault)}>
                ${fault.state === "scheduled" ? "Cancel" : "Heal"}
              </button>
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/** @param {{events: import("../types.js").LabEvent[]}} props */
export function EventTable({ events }) {
  const newest = events.slice(-EVENTS_SHOWN).reverse();
  return html`
    <table class="wide">
      <caption>
        Events, the newest first
      </caption>
      <thead>
        <tr>
          <th scope="col" class="right">Second</th>
          <th scope="col">Kind</th>
          <th scope="col">Subject</th>
          <th scope="col">What happened</th>
          <th scope="col" class="right">After its cause</th>
        </tr>
      </thead>
      <tbody>
        ${
          newest.length === 0 &&
          html`<tr>
          <td colspan="5" class="quiet">Nothing has happened yet.</td>
        </tr>`
        }
        ${newest.map(
          (event) => html`<tr key=${event.id}>
            <td class="right numeric">${event.t.toFixed(1)}</td>
            <td>${spoken(event.kind)}</td>
            <td>${event.by ? `${event.by}, ${event.subject}` : event.subject}</td>
            <td>${event.text}</td>
            <td class="right numeric">${event.after_s === null ? "–" : `${event.after_s.toFixed(1)} s`}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}
