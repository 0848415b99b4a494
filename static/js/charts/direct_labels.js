/**
 * The words at the ends of a chart's lines, written straight into the page twice a second.
 *
 * @typedef {import("./series.js").Line} Line
 * @typedef {import("./plot.js").ChartSpec} ChartSpec
 */

import { render } from "preact";
import { html } from "../html.js";
import { OutcomeMark } from "../marks.js";
import { magnified } from "../preferences.js";
import { spread } from "./labels.js";

const LINE = 15;

/**
 * @param {import("uplot")} plot
 * @param {Line[]} lines
 * @returns {HTMLElement[]} one for each line
 */
export function labelElements(plot, lines) {
  const holder = document.createElement("div");
  holder.className = "line-labels";
  plot.root.append(holder);
  return lines.map((line) => {
    const label = document.createElement("span");
    label.className = "line-label";
    const key = line.outcome
      ? html`<${OutcomeMark} outcome=${line.outcome} />`
      : html`<i class="line-key"></i>`;
    render(html`${key}<b></b><span class="line-word">${line.word}</span>`, label);
    holder.append(label);
    return label;
  });
}

/**
 * @param {import("uplot")} plot
 * @param {HTMLElement[]} labels
 * @param {Line[]} lines
 * @param {ChartSpec} spec
 * @param {number} rest place of the values that are read while nobody points
 */
export function placeLabels(plot, labels, lines, spec, rest) {
  const at = plot.cursor.idx ?? rest;
  const line_px = LINE * magnified.peek();
  const wanted = lines.map((line, index) => {
    const height = plot.valToPos(line.top[rest] ?? spec.floor, "y");
    return {
      y: Number.isFinite(height) ? height : 0,
      height: line_px,
      weight: isSilent(line) ? -1 : (spec.look(line, index).weight ?? 1),
    };
  });
  const heard = wanted.filter((one) => one.weight >= 0);
  const top = -4;
  const places = spread(heard, top, plot.over.clientHeight + 6);
  let place = 0;
  lines.forEach((line, index) => {
    const middle = wanted[index].weight < 0 ? null : places[place++];
    const label = labels[index];
    label.hidden = middle === null;
    if (middle === null) return;
    label.style.transform = `translateY(${Math.round(middle + plot.over.offsetTop - line_px / 2)}px)`;
    label.style.setProperty("--key", spec.look(line, index).stroke);
    const figure = /** @type {HTMLElement} */ (label.querySelector("b"));
    const words = spec.read(line.values[at] ?? null);
    if (figure.textContent !== words) figure.textContent = words;
  });
}

/**
 * @param {Line} line
 * @returns {boolean} whether it has nothing to say in the whole view
 */
function isSilent(line) {
  return line.values.every((value) => !value) && line.name !== "ok";
}
