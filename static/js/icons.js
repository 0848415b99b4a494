/** Drawings on buttons, 16 by 16, in one weight. */

import { html } from "./html.js";

/** @type {Readonly<Record<string, string>>} */
const PATHS = {
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3.2v9.6L12.6 8z",
  step: "M4 3.2v9.6L10 8zM12.2 3.4v9.2",
  event: "M2.6 4.4v7.2L7 8zM11.2 4.6 14.4 8l-3.2 3.4L8 8z",
  branch:
    "M4.5 5.6v4.8M4.5 5.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM4.5 13.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM11.5 5.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2zM11.5 5.6c0 3-7 1.6-7 4.8",
  twins: "M2.5 3.5h4.4v9H2.5zM9.1 3.5h4.4v9H9.1z",
  table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6",
  map: "M3 5.5a1.8 1.8 0 1 0 0 .1M10.6 3.6h3v3h-3zM10.6 10h3v3h-3zM4.8 5.3h5.8M4.4 6.6l6.2 4.6",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1",
  moon: "M12.9 9.6A5.4 5.4 0 0 1 6.4 3.1a5.4 5.4 0 1 0 6.5 6.5z",
  projector: "M2 3.5h12v7.2H2zM5.5 13.5 8 10.9l2.5 2.6",
  help: "M5.9 6.1a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.7-.9 1.4v.3M8 12.1v.1",
  reset: "M3.2 7.2A5 5 0 1 1 4 11M3 3.6v3.8h3.8",
  save: "M3 2.5h8l2.5 2.5v8.5H3zM5.2 2.5v3.6h4.6V2.5M5.2 13.5V9.4h5.8v4.1",
  export: "M8 2.5v7M5.2 7 8 9.8 10.8 7M3 13.2h10",
  spike: "M1.8 12h3.4L7.4 3.4l2.8 11L12 9.2h2.4",
  close: "M4 4l8 8M12 4l-8 8",
  more: "M3.2 8h.1M8 8h.1M12.8 8h.1",
  users:
    "M6 7.4a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM2 13c.3-2.6 1.8-4 4-4s3.7 1.4 4 4M10.6 7.2a1.9 1.9 0 1 0-.5-3.7M11.3 9.2c1.6.3 2.5 1.6 2.7 3.6",
  arrow: "M3 8h10M9.2 4.2 13 8l-3.8 3.8",
  down: "M4 6.2 8 10.2l4-4",
  widen: "M9.5 3H13v3.5M6.5 13H3V9.5M13 3 9 7M3 13l4-4",
  frame: "M2.5 8a5.5 5.5 0 1 1 11 0M8 8l2.6-2.2",
};

/** @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d=${PATHS[name]} />
  </svg>`;
}
