/**
 * One chart: uPlot for the lines, our own words at their ends.
 *
 * @typedef {import("./series.js").Line} Line
 * @typedef {{
 *   width?: number, stroke: string, dash?: number[], fill?: string, weight?: number,
 * }} Look stroke and fill are CSS colours; the filled ones come first and stand on each other
 * @typedef {{
 *   title: string, unit: string, empty: string, log?: boolean, floor: number,
 *   data: () => {times: number[], lines: Line[]}, look: (line: Line, index: number) => Look,
 *   read: (value: number | null) => string, mark: (value: number) => string,
 *   band?: boolean, clock?: boolean, right?: number, range?: (low: number) => [number, number],
 *   ticks?: (low: number) => number[], isEmpty?: () => boolean,
 *   view?: () => {from: number, to: number}, playhead?: () => number | null,
 * }} ChartSpec floor: the scale reaches at least this far; mark: a round value on its axis; band:
 *   between its two lines; clock: with the times below; right: pixels for the words at its ends;
 *   range, ticks: instead of those
 *   from zero; view, playhead, isEmpty: other than
 *   those of the lab that is shown
 */

import { useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { faded, palette, resolved } from "../colors.js";
import { html } from "../html.js";
import { drawer } from "../loop.js";
import { useSize } from "../map/size.js";
import { magnified } from "../preferences.js";
import { curves } from "../store.js";
import { timeAxis, valueAxis } from "./axes.js";
import { labelElements, placeLabels } from "./direct_labels.js";
import { niceTop } from "./nice.js";
import { cursorTime, joinCursor, lastUntil, left, playhead, right, view } from "./view.js";

const SYNC = "lab";
const PAD_TOP = 8;
const PAD_BOTTOM = 5;

/** @param {{spec: ChartSpec}} props */
export function Chart({ spec }) {
  const { ref, size } = useSize();
  const held = useRef(/** @type {Held | null} */ (null));
  useLayoutEffect(() => () => held.current?.close(), []);
  useSignalEffect(() => {
    const { width, height } = size.value;
    if (width < left.value + roomAtEnd(spec) + 40 || height < 24) return;
    held.current ??= new Held(ref.current, spec);
    held.current.resize(width, height);
  });
  useSignalEffect(() => {
    palette.value;
    curves.value;
    view.value;
    spec.view?.();
    spec.data();
    held.current?.drawer.mark();
  });
  useSignalEffect(() => {
    cursorTime.value;
    momentOf(spec);
    held.current?.mover.mark();
  });
  return html`<section class="chart" aria-label=${spec.title}>
    <h2 class="chart-title">${spec.title}${spec.unit && html` <span class="chart-unit">${spec.unit}</span>`}</h2>
    <div class="chart-plot" ref=${ref}></div>
    ${(spec.isEmpty?.() ?? curves.value.t.length === 0) && html`<p class="chart-empty">${spec.empty}</p>`}
  </section>`;
}

/** The plot and the words of one chart, once it has a size. */
class Held {
  /**
   * @param {HTMLElement} root
   * @param {ChartSpec} spec
   */
  constructor(root, spec) {
    this.spec = spec;
    this.root = root;
    this.shape = "";
    /** @type {uPlot | null} */
    this.plot = null;
    this.leave = () => {};
    /** @type {HTMLElement[]} */
    this.labels = [];
    this.size = { width: 0, height: 0 };
    this.future = document.createElement("i");
    this.future.className = "future";
    /** @type {Line[]} */
    this.lines = [];
    this.times = [0];
    this.drawer = drawer(() => this.draw());
    this.mover = drawer(() => this.move());
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.size = { width, height };
    this.plot?.setSize(this.size);
    this.drawer.mark();
  }

  draw() {
    const { times, lines } = this.spec.data();
    if (times.length === 0) return;
    const shape = `${lines.map((line) => line.name).join()} ${palette.peek()} ${roomAtEnd(this.spec)} ${magnified.peek()}`;
    if (shape !== this.shape) this.#build(shape, lines);
    const { plot } = this;
    if (!plot) return;
    const fills = lines.filter((line) => line.outcome !== null).map((line) => line.top);
    // Lines of the top of a stack first: where two run together, the lower one is seen.
    const strokes = lines.map((line) => line.drawn).reverse();
    plot.root.style.setProperty("--right", `${roomAtEnd(this.spec)}px`);
    const { from, to } = this.spec.view?.() ?? view.peek();
    dress(plot, fills.length, lines.map(this.spec.look).reverse());
    // At once, or the words and the playhead would be placed by the scales of the last time.
    plot.batch(() => {
      plot.setData(/** @type {any} */ ([times, ...fills, ...strokes]), false);
      plot.setScale("x", { min: from, max: to });
    });
    this.times = times;
    this.lines = lines;
    this.move();
  }

  /** Reads another moment off lines that are drawn already. */
  move() {
    if (!this.plot || this.lines.length === 0) return;
    const at_t = momentOf(this.spec);
    placeLabels(this.plot, this.labels, this.lines, this.spec, lastUntil(this.times, at_t));
    placeFuture(this.plot, this.future, at_t);
  }

  close() {
    this.drawer.stop();
    this.mover.stop();
    this.leave();
    this.plot?.destroy();
  }

  /**
   * @param {string} shape
   * @param {Line[]} lines
   */
  #build(shape, lines) {
    this.shape = shape;
    this.leave();
    this.plot?.destroy();
    this.plot = new uPlot(options(this.spec, lines, this.size), [[]], this.root);
    this.leave = joinCursor(this.plot);
    this.labels = labelElements(this.plot, lines);
    this.plot.over.append(this.future);
  }
}

/**
 * @param {ChartSpec} spec
 * @param {Line[]} lines
 * @param {{width: number, height: number}} size
 * @returns {uPlot.Options}
 */
function options(spec, lines, size) {
  const looks = lines.map(spec.look);
  const fills = looks.flatMap((look) => (look.fill ? [look.fill] : []));
  return {
    ...size,
    padding: [PAD_TOP, roomAtEnd(spec), PAD_BOTTOM, 0],
    legend: { show: false },
    select: /** @type {any} */ ({ show: false }),
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      sync: { key: SYNC, setSeries: false },
    },
    scales: {
      x: { time: false, auto: false },
      y: { distr: spec.log ? 3 : 1, range: (_, low, high) => range(spec, low, high) },
    },
    axes: [spec.clock ? timeAxis() : { show: false }, valueAxis(spec)],
    series: [{}, ...fills.map(ground), ...looks.map((look) => stroke(look, spec.band)).reverse()],
    bands: spec.band ? betweenTwo() : fills.slice(1).map(onTheOneBelow),
    hooks: { setCursor: [follow] },
  };
}

/**
 * @param {string} fill
 * @param {number} index
 * @returns {uPlot.Band}
 */
function onTheOneBelow(fill, index) {
  return { series: [index + 2, index + 1], fill };
}

/** @returns {uPlot.Band[]} whichever of the two is above */
function betweenTwo() {
  const fill = faded("var(--accent)", 0.2);
  return [
    { series: [1, 2], fill },
    { series: [2, 1], fill },
  ];
}

/**
 * What lies under a line: the lowest reaches down to zero, the others (as bands) to the one below.
 *
 * @param {string} fill
 * @param {number} index
 * @returns {uPlot.Series}
 */
function ground(fill, index) {
  return { fill: index === 0 ? fill : undefined, width: 0, points: { show: false } };
}

/**
 * @param {Look} look
 * @param {boolean} [spanGaps]
 * @returns {uPlot.Series}
 */
function stroke(look, spanGaps = false) {
  return {
    stroke: resolved(look.stroke),
    width: look.width ?? 1.5,
    dash: look.dash,
    points: { show: false },
    spanGaps,
  };
}

/**
 * Lines may change their looks (a chosen service, one that is called too often).
 *
 * @param {uPlot} plot
 * @param {number} fills series before the lines
 * @param {Look[]} looks
 */
function dress(plot, fills, looks) {
  looks.forEach((look, index) => {
    const drawn = plot.series[fills + index + 1];
    const color = resolved(look.stroke);
    drawn.stroke = () => color;
    drawn.width = look.width ?? 1.5;
  });
}

/**
 * @param {ChartSpec} spec
 * @returns {number | null} the moment that is looked at, if it is not now
 */
function momentOf(spec) {
  return spec.playhead ? spec.playhead() : playhead.value;
}

/** @param {ChartSpec} spec */
function roomAtEnd(spec) {
  return spec.right === undefined ? right.value : spec.right * magnified.value;
}

/**
 * @param {ChartSpec} spec
 * @param {number | null} low
 * @param {number | null} high
 * @returns {[number, number]}
 */
function range(spec, low, high) {
  if (spec.range) return spec.range(low ?? 0);
  const top = Math.max(spec.floor, high ?? 0);
  if (!spec.log) return [0, niceTop(top)];
  return [Math.max(0.5, Math.min(1, low ?? 1)), 10 ** Math.ceil(Math.log10(top * 1.02))];
}

/**
 * Covers what comes after the moment that is looked at, if it is not now.
 *
 * @param {uPlot} plot
 * @param {HTMLElement} future
 * @param {number | null} t
 */
function placeFuture(plot, future, t) {
  future.hidden = t === null;
  if (t !== null) future.style.left = `${Math.max(0, plot.valToPos(t, "x"))}px`;
}

/** @param {uPlot} plot */
function follow(plot) {
  const place = plot.cursor.left ?? -1;
  cursorTime.value = place >= 0 ? plot.posToVal(place, "x") : null;
}
