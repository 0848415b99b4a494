/**
 * The map as one stop of the tab key: arrows walk to the nearest thing in their direction, Home and
 * End to the first and last, Enter and the space bar choose.
 */

const STOP = "[data-stop]";

/**
 * @param {Element} root
 * @param {KeyboardEvent} event
 */
export function walk(root, event) {
  const here = event.target instanceof Element ? event.target.closest(STOP) : null;
  if (!here) return;
  const next = destination([...root.querySelectorAll(STOP)], here, event.key);
  if (!next) return;
  event.preventDefault();
  visit(root, next);
  focus(next);
}

/**
 * Makes one thing the stop of the tab key.
 *
 * @param {Element} root
 * @param {Element} stop
 */
export function visit(root, stop) {
  for (const other of root.querySelectorAll(`${STOP}[tabindex="0"]`)) {
    if (other !== stop) other.setAttribute("tabindex", "-1");
  }
  stop.setAttribute("tabindex", "0");
}

/**
 * After a change: there is always one stop.
 *
 * @param {Element} root
 */
export function keepStop(root) {
  if (root.querySelector(`${STOP}[tabindex="0"]`)) return;
  root.querySelector(STOP)?.setAttribute("tabindex", "0");
}

/**
 * @param {Element[]} stops
 * @param {Element} here
 * @param {string} key
 * @returns {Element | null}
 */
function destination(stops, here, key) {
  switch (key) {
    case "ArrowRight":
      return nearest(stops, here, (dx, dy) => [dx, Math.abs(dy)]);
    case "ArrowLeft":
      return nearest(stops, here, (dx, dy) => [-dx, Math.abs(dy)]);
    case "ArrowDown":
      return nearest(stops, here, (dx, dy) => [dy, Math.abs(dx)]);
    case "ArrowUp":
      return nearest(stops, here, (dx, dy) => [-dy, Math.abs(dx)]);
    case "Home":
      return stops[0] ?? null;
    case "End":
      return stops.at(-1) ?? null;
    default:
      return null;
  }
}

/**
 * @param {Element[]} stops
 * @param {Element} here
 * @param {(dx: number, dy: number) => [ahead: number, aside: number]} along
 */
function nearest(stops, here, along) {
  const from = middle(here);
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (const stop of stops) {
    if (stop === here) continue;
    const to = middle(stop);
    const [ahead, aside] = along(to.x - from.x, to.y - from.y);
    if (ahead < 4) continue;
    const cost = ahead + aside * 2.2;
    if (cost < least) [best, least] = [stop, cost];
  }
  return best;
}

/** @param {Element} element */
function middle(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** @param {Element} element */
function focus(element) {
  if (element instanceof HTMLElement || element instanceof SVGElement) element.focus();
}
