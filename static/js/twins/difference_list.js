/** What differs between the twins, one line each; or what to do while nothing does. */

import { html } from "../html.js";

/** @param {{pair: import("./pair.js").Pair}} props */
export function DifferenceList({ pair }) {
  const found = pair.differences.value;
  if (found.length === 0) {
    return html`<div class="difference-none">
      <p><b>A and B are the same so far.</b></p>
      <p>Change one thing in B: choose something on its map, then a pattern or a fault.</p>
    </div>`;
  }
  return html`<table class="differences">
    <caption class="visually-hidden">What differs between A and B</caption>
    <thead>
      <tr><th scope="col">Differs</th><th scope="col">A</th><th scope="col">B</th></tr>
    </thead>
    <tbody>
      ${found.map(
        ({ subject, a, b }) => html`<tr key=${subject + a + b}>
          <th scope="row">${subject}</th>
          <td>${a}</td>
          <td>${b}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}
