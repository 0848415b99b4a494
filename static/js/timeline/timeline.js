/** Everything that happened, on the same axis of time as the charts above. */

import { computed, signal } from "@preact/signals";
import { cursorTime, left, playhead, pointTo, right, view } from "../charts/view.js";
import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { useSize } from "../map/size.js";
import { magnified } from "../preferences.js";
import { select, state, story } from "../store.js";
import { pairs, pairWords } from "./chains.js";
import { LANES, lookOf } from "./kinds.js";
import { marksOf, spansOf } from "./lanes.js";
import { selectionOf } from "./subject.js";

const LANE_PX = 18;
const AXIS_PX = 17;
const TICK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120];
const TICK_LEAST_PX = 70;
const MOST_PAIRS = 60;

/**
 * @typedef {import("../types.js").LabEvent} LabEvent
 * @typedef {import("./lanes.js").Mark} Mark
 * @typedef {{marks: Mark[], perSecond: number}} Drawn
 */

/** The event under the pointer, by id. */
const pointed = signal(/** @type {number | null} */ (null));

const inView = computed(() => {
  const { from } = view.value;
  return story.value.filter((event) => event.t >= from - 2);
});

const shownPairs = computed(() => pairs(story.value, view.value.from).slice(-MOST_PAIRS));

export function Timeline() {
  const { ref, size } = useSize();
  const plot = Math.max(0, (size.value.width - left.value - right.value) / magnified.value);
  return html`<section class="timeline" aria-label="Timeline">
    <${Caption} />
    <div class="timeline-plot" ref=${ref}>
      ${plot > 60 && html`<${Lanes} width=${plot} />`}
      ${
        story.value.length === 0 &&
        html`<p class="timeline-empty">Nothing has happened yet. Break something: each cause and its effects stand here.</p>`
      }
    </div>
  </section>`;
}

/** What led to what: of the event under the pointer, else the newest that has a cause. */
function Caption() {
  const chosen = shownPairs.value.find(({ effect }) => effect.id === pointed.value);
  const single = inView.value.find((event) => event.id === pointed.value);
  const newest = shownPairs.value.findLast(({ effect }) => isTelling(effect));
  const words = chosen ? pairWords(chosen) : single ? single.text : newest ? pairWords(newest) : "";
  const at = chosen?.effect ?? single ?? newest?.effect;
  return html`<p class="timeline-caption">
    <span class="timeline-title">Timeline</span>
    ${at && html`<time class="tabular">${clockWords(at.t, 1)}</time> <span class="timeline-words" title=${words}>${words}</span>`}
  </p>`;
}

/**
 * @param {{width: number}} props of the plot, before it is magnified
 */
function Lanes({ width }) {
  const edge = left.value / magnified.value;
  const all = edge + width + right.value / magnified.value;
  const { from, to } = view.value;
  const perSecond = width / Math.max(1, to - from);
  const height = LANES.length * LANE_PX;
  const shown = inView.value;
  const marks = marksOf(shown, perSecond, to * perSecond);
  const spans = spansOf(story.value, perSecond, to, isOn).filter(
    (span) => span.to >= from * perSecond,
  );
  return html`<svg
    class="timeline-svg"
    width=${all * magnified.value}
    height=${(height + AXIS_PX) * magnified.value}
    viewBox=${`0 0 ${all} ${height + AXIS_PX}`}
    aria-hidden="true"
    onPointerMove=${(/** @type {PointerEvent} */ event) => follow(event, width)}
    onPointerLeave=${() => pointTo(null)}
  >
    ${LANES.map(
      ({ name, title }, index) => html`<g key=${name}>
        <rect class="lane" x=${edge} y=${index * LANE_PX + 1} width=${width} height=${LANE_PX - 2} rx="3" />
        <text class="lane-title" x=${edge - 6} y=${index * LANE_PX + 13}>${title}</text>
      </g>`,
    )}
    ${ticks(from, to, perSecond).map(
      (time) => html`<g key=${time} transform=${`translate(${edge + (time - from) * perSecond} 0)`}>
        <path class="tick" d=${`M0 0V${height + 3}`} />
        <text class="tick-words" x="0" y=${height + 14}>${clockWords(time)}</text>
      </g>`,
    )}
    <svg x=${edge} width=${width + 120} height=${height} overflow="hidden">
      <g transform=${`translate(${-from * perSecond} 0)`}>
        ${spans.map(
          (span) => html`<rect
            key=${span.id}
            class="fault-span"
            x=${span.from}
            y=${span.lane * LANE_PX + 3}
            width=${Math.max(2, span.to - span.from)}
            height=${LANE_PX - 6}
            rx="3"
          />`,
        )}
        <${Strings} perSecond=${perSecond} />
        ${marks.map((mark) => html`<${EventMark} key=${mark.event.id} mark=${mark} words=${mark.words} x=${mark.x} />`)}
      </g>
    </svg>
    <${TimeCursor} edge=${edge} perSecond=${perSecond} height=${height} />
  </svg>`;
}

/** @param {{edge: number, perSecond: number, height: number}} props */
function TimeCursor({ edge, perSecond, height }) {
  const at = cursorTime.value ?? playhead.value;
  const { from } = view.value;
  if (at === null || at < from) return null;
  return html`<g class="time-cursor" transform=${`translate(${edge + (at - from) * perSecond} 0)`}>
    <path d=${`M0 0V${height + 3}`} />
    <rect x="-24" y=${height + 3} width="48" height="14" rx="3" />
    <text x="0" y=${height + 14}>${clockWords(at, 1)}</text>
  </g>`;
}

/** Thin lines from causes to effects. @param {{perSecond: number}} props */
function Strings({ perSecond }) {
  return html`<g class="strings">
    ${shownPairs.value.map(({ cause, effect }) => {
      const start = place(cause, perSecond);
      const end = place(effect, perSecond);
      const bend = Math.min(40, Math.max(8, (end.x - start.x) / 2));
      const near = pointed.value === effect.id || pointed.value === cause.id;
      return html`<path
        key=${effect.id}
        class="string"
        data-near=${near ? "" : null}
        d=${`M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`}
      />`;
    })}
  </g>`;
}

/** @param {{mark: Mark, words: string, x: number}} props */
function EventMark({ mark, words, x }) {
  const { event, look, lane } = mark;
  return html`<g
    class="event-mark"
    style=${{ color: look.tone }}
    transform=${`translate(${x - 6} ${lane * LANE_PX + 3})`}
    onPointerEnter=${() => {
      pointed.value = event.id;
    }}
    onPointerLeave=${() => {
      pointed.value = null;
    }}
    onClick=${() => choose(event)}
  >
    <rect class="mark-reach" x="-2" y="-3" width="16" height=${LANE_PX} />
    <path class="mark-back" d=${look.path} />
    <path d=${look.path} fill="currentColor" fill-rule="evenodd" />
    ${words && html`<text class="mark-words" x="16" y="10">${words}</text>`}
  </g>`;
}

/**
 * @param {LabEvent} event
 * @param {number} perSecond
 */
function place(event, perSecond) {
  const lane = LANES.findIndex((one) => one.name === lookOf(event).lane);
  return { x: event.t * perSecond, y: lane * LANE_PX + LANE_PX / 2 };
}

/** @param {LabEvent} event */
export function choose(event) {
  const found = selectionOf(state.value, event.subject);
  if (found) select(found.kind, found.name);
}

/**
 * @param {LabEvent} effect
 * @returns {boolean} whether it says more than that the fault did what it does
 */
function isTelling(effect) {
  return effect.kind !== "fault_off" && (effect.after_s === null || effect.after_s >= 0.1);
}

/** @param {LabEvent} event */
function isOn(event) {
  const faults = state.value?.faults ?? [];
  return faults.some(
    (fault) =>
      fault.state === "active" &&
      fault.target === event.subject &&
      Math.abs((fault.started_t ?? 0) - event.t) < 1,
  );
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} perSecond
 * @returns {number[]} round times
 */
function ticks(from, to, perSecond) {
  const step = TICK_STEPS_S.find((one) => one * perSecond >= TICK_LEAST_PX) ?? 300;
  const first = Math.ceil(Math.max(0, from) / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/**
 * @param {PointerEvent} event
 * @param {number} width
 */
function follow(event, width) {
  const svg = /** @type {Element} */ (event.currentTarget);
  const x = (event.clientX - svg.getBoundingClientRect().left - left.peek()) / magnified.peek();
  const { from, to } = view.peek();
  pointTo(x < 0 || x > width ? null : from + ((to - from) * x) / width);
}
