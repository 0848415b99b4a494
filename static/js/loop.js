/**
 * The page's only animation frame. Data marks a drawer dirty; the next frame draws the dirty ones.
 * Nothing is scheduled while nothing is dirty, and nothing is drawn in a hidden tab.
 *
 * @typedef {(now_ms: number) => boolean | void} Draw true: keep drawing in the next frame
 * @typedef {{mark: () => void, stop: () => void}} Drawer
 */

/** @type {Set<{draw: Draw, dirty: boolean}>} */
const drawers = new Set();
const frame = { asked: false };

/**
 * @param {Draw} draw
 * @returns {Drawer}
 */
export function drawer(draw) {
  const entry = { draw, dirty: false };
  drawers.add(entry);
  return {
    mark() {
      entry.dirty = true;
      ask();
    },
    stop() {
      drawers.delete(entry);
    },
  };
}

function ask() {
  if (frame.asked) return;
  frame.asked = true;
  requestAnimationFrame(drawAll);
}

/** @param {number} now_ms */
function drawAll(now_ms) {
  frame.asked = false;
  for (const entry of drawers) {
    if (!entry.dirty) continue;
    entry.dirty = entry.draw(now_ms) === true;
    if (entry.dirty) ask();
  }
}
