/** Patterns and shades that the map's drawings refer to. */

import { html } from "../html.js";

export function Definitions() {
  return html`<defs>
    <marker id="arrow" viewBox="0 0 8 8" refX="6.4" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
      <path class="arrow-head" d="M1 1 7 4 1 7z" />
    </marker>
    <pattern id="bricks" width="18" height="12" patternUnits="userSpaceOnUse">
      <rect class="brick" width="18" height="12" />
      <path class="mortar" d="M0 6h18M6 0v6M15 6v6M0 .4h18" />
    </pattern>
    <pattern id="dark" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="dark-ground" width="8" height="8" />
      <path class="dark-line" d="M0 0v8" />
    </pattern>
    <linearGradient id="frost" x1="0" y1="0" x2="1" y2="1">
      <stop class="frost-stop" offset="0" stop-opacity="0.5" />
      <stop class="frost-stop" offset="0.35" stop-opacity="0.1" />
      <stop class="frost-stop" offset="0.7" stop-opacity="0.04" />
      <stop class="frost-stop" offset="1" stop-opacity="0.38" />
    </linearGradient>
  </defs>`;
}
