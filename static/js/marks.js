/** The shapes of outcomes and of the states of an instance, as small drawings of 16 by 16. */

import { html } from "./html.js";
import { OUTCOME } from "./outcomes.js";

/** @type {Readonly<Record<string, string>>} each as one filled path */
const SHAPES = {
  circle: "M8 3.2a4.8 4.8 0 1 1 0 9.6a4.8 4.8 0 1 1 0-9.6z",
  half: "M8 2.6a5.4 5.4 0 0 1 0 10.8zM8 2.6a5.4 5.4 0 0 0 0 10.8v-1.6a3.8 3.8 0 0 1 0-7.6z",
  cross:
    "M4.4 2.8 8 6.4l3.6-3.6 1.6 1.6L9.6 8l3.6 3.6-1.6 1.6L8 9.6l-3.6 3.6-1.6-1.6L6.4 8 2.8 4.4z",
  hourglass: "M3.4 2.6h9.2v1.8L9.2 8l3.4 3.6v1.8H3.4v-1.8L6.8 8 3.4 4.4z",
  bar: "M2.4 6h11.2v4H2.4z",
};

/** @type {Readonly<Record<string, {word: string, sign: string, tone: string}>>} */
export const STATES = {
  up: { word: "up", sign: "●", tone: "var(--ok)" },
  starting: { word: "starting", sign: "◔", tone: "var(--ink-3)" },
  hung: { word: "frozen", sign: "❚❚", tone: "var(--frost)" },
  down: { word: "down", sign: "✕", tone: "var(--failed)" },
  draining: { word: "draining", sign: "◌", tone: "var(--ink-3)" },
  ejected: { word: "out of balance", sign: "⊘", tone: "var(--refused)" },
};

/** @param {{outcome: string}} props the name of an outcome */
export function OutcomeMark({ outcome }) {
  const { shape, color } = OUTCOME[outcome];
  return html`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true" style=${{ color }}>
    <path d=${SHAPES[shape]} fill="currentColor" />
  </svg>`;
}

/** @param {string} shape */
export function shapePath(shape) {
  return SHAPES[shape];
}

/** @param {{state: string, class?: string}} props */
export function StateMark({ state, class: extra = "" }) {
  const { tone } = STATES[state] ?? STATES.down;
  return html`<svg class=${`sign ${extra}`} viewBox="0 0 16 16" aria-hidden="true" style=${{ color: tone }}>
    <${StateShape} state=${state} />
  </svg>`;
}

/**
 * The same for use inside another drawing.
 *
 * @param {{state: string}} props
 */
export function StateShape({ state }) {
  switch (state) {
    case "up":
      return html`<circle cx="8" cy="8" r="5" fill="currentColor" />`;
    case "starting":
      return html`<g><circle cx="8" cy="8" r="4.8" fill="none" stroke="currentColor" stroke-width="1.6" /><path d="M8 8V3.2A4.8 4.8 0 0 1 12.8 8z" fill="currentColor" /></g>`;
    case "hung":
      return html`<path d="M3.6 2.8h3.2v10.4H3.6zM9.2 2.8h3.2v10.4H9.2z" fill="currentColor" />`;
    case "draining":
      return html`<circle cx="8" cy="8" r="4.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="1.9 1.87" />`;
    case "ejected":
      return html`<g fill="none" stroke="currentColor" stroke-width="1.8"><circle cx="8" cy="8" r="5" /><path d="M4.6 11.4l6.8-6.8" /></g>`;
    default:
      return html`<path d=${SHAPES.cross} fill="currentColor" />`;
  }
}
