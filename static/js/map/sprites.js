/** Outcomes as small pictures for a canvas, drawn once per theme and resolution. */

import { resolved } from "../colors.js";
import { shapePath } from "../marks.js";
import { OUTCOMES } from "../outcomes.js";

/** In pixels of the page. */
export const SPRITE = 18;
const MARK = 13;

/**
 * @typedef {{plain: HTMLCanvasElement[], again: HTMLCanvasElement[]}} Sprites
 *   by place of the outcome; again: with the ring of a retry
 */

/**
 * @param {number} density pixels of the screen for one of the page
 * @returns {Sprites}
 */
export function sprites(density) {
  return {
    plain: OUTCOMES.map((outcome) => sprite(outcome, density, false)),
    again: OUTCOMES.map((outcome) => sprite(outcome, density, true)),
  };
}

/**
 * @param {import("../outcomes.js").Outcome} outcome
 * @param {number} density
 * @param {boolean} ring
 */
function sprite(outcome, density, ring) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(SPRITE * density);
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.scale(density, density);
  const color = resolved(outcome.color);
  if (ring) {
    pen.beginPath();
    pen.arc(SPRITE / 2, SPRITE / 2, SPRITE / 2 - 1.2, 0, Math.PI * 2);
    pen.strokeStyle = color;
    pen.lineWidth = 1.2;
    pen.stroke();
  }
  const size = outcome.name === "ok" ? MARK - 3 : MARK;
  const inset = (SPRITE - size) / 2;
  pen.translate(inset, inset);
  pen.scale(size / 16, size / 16);
  const path = new Path2D(shapePath(outcome.shape));
  pen.lineJoin = "round";
  pen.strokeStyle = resolved("var(--room)");
  pen.lineWidth = 3.2;
  pen.stroke(path);
  pen.fillStyle = color;
  pen.fill(path);
  return canvas;
}
