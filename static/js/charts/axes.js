/**
 * The axes of a chart.
 *
 * @typedef {import("./plot.js").ChartSpec} ChartSpec
 * @typedef {import("uplot").Axis} Axis
 */

import { clockWords } from "../clock_words.js";
import { resolved } from "../colors.js";
import { magnified } from "../preferences.js";
import { left } from "./view.js";

/** @returns {Axis} lab time; the charts of the lab's page leave it to the timeline below them */
export function timeAxis() {
  return {
    size: 22 * magnified.peek(),
    gap: 4,
    font: `${11 * magnified.peek()}px ${getComputedStyle(document.body).fontFamily}`,
    stroke: resolved("var(--ink-3)"),
    grid: { stroke: resolved("var(--line)"), width: 1 },
    ticks: { show: false },
    incrs: [5, 10, 15, 30, 60, 120, 300],
    space: 70,
    values: (_, times) => times.map((time) => clockWords(time)),
  };
}

/**
 * @param {ChartSpec} spec
 * @returns {Axis}
 */
export function valueAxis(spec) {
  return {
    size: left.peek(),
    gap: 6,
    font: `${11 * magnified.peek()}px ${getComputedStyle(document.body).fontFamily}`,
    stroke: resolved("var(--ink-3)"),
    grid: { stroke: resolved("var(--line)"), width: 1 },
    ticks: { show: false },
    filter: (_, values) => values,
    splits: (plot, _, low, high) => splits(spec, plot.height, low, high),
    values: (_, values) => values.map((value) => spec.mark(value)),
  };
}

/**
 * @param {ChartSpec} spec
 * @param {number} height
 * @param {number} low
 * @param {number} high
 */
function splits(spec, height, low, high) {
  if (spec.ticks) return spec.ticks(low);
  if (!spec.log) return height < 64 ? [low, high] : [low, (low + high) / 2, high];
  const powers = [1, 10, 100, 1000, 10_000].filter((one) => one >= low && one <= high);
  return height < 64 && powers.length > 2 ? powers.filter((_, index) => index % 2 === 0) : powers;
}
