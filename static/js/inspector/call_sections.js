/** What the patterns do around a service: on the calls it makes, and on the calls it receives. */

import { html } from "../html.js";
import { Tiles } from "./tiles.js";

/** Of those who call it, only what protects them from it. */
const PROTECTIVE = ["breaker", "balance"];

/**
 * @param {{target: import("./target.js").Target, callers?: string[]}} props
 *   callers: of the calls it makes, only these instances of it
 */
export function CallSections({ target, callers }) {
  const incoming = target.incoming.filter((name) => !name.startsWith("users:"));
  return html`
    ${target.outgoing.map(
      (name) => html`<section class="block" key=${name} aria-label=${`Calls to ${calleeOf(name)}`}>
        <h3 class="section-title">Calls to ${calleeOf(name)}</h3>
        <${Tiles} dependency=${name} callers=${callers} />
      </section>`,
    )}
    ${incoming.map(
      (
        name,
      ) => html`<section class="block" key=${name} aria-label=${`Calls from ${callerOf(name)}`}>
        <h3 class="section-title">Calls from ${callerOf(name)}</h3>
        <${Tiles} dependency=${name} only=${PROTECTIVE} />
      </section>`,
    )}
  `;
}

/** @param {string} dependency */
function calleeOf(dependency) {
  return dependency.split(":")[1];
}

/** @param {string} dependency */
function callerOf(dependency) {
  return dependency.split(":")[0];
}
