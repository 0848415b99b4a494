/**
 * Words at the end of lines instead of a legend: each beside its line, none over another.
 *
 * @typedef {{y: number, height: number, weight: number}} Wanted
 *   y: where it wants its middle; weight: who stays when there is no room
 */

/**
 * @param {Wanted[]} wanted
 * @param {number} top
 * @param {number} bottom
 * @returns {(number | null)[]} where each gets its middle; null: no room for it
 */
export function spread(wanted, top, bottom) {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[b].weight - wanted[a].weight);
  /** @type {number[]} */
  const kept = [];
  let room = bottom - top;
  for (const index of order) {
    if (wanted[index].height > room) break;
    room -= wanted[index].height;
    kept.push(index);
  }
  kept.sort((a, b) => wanted[a].y - wanted[b].y);
  const places = pushed(
    kept.map((index) => wanted[index]),
    top,
    bottom,
  );
  /** @type {(number | null)[]} */
  const found = wanted.map(() => null);
  kept.forEach((index, place) => {
    found[index] = places[place];
  });
  return found;
}

/**
 * @param {Wanted[]} sorted from top to bottom, all of which fit
 * @param {number} top
 * @param {number} bottom
 */
function pushed(sorted, top, bottom) {
  const places = sorted.map((one) => one.y);
  let edge = top;
  sorted.forEach((one, index) => {
    places[index] = Math.max(places[index], edge + one.height / 2);
    edge = places[index] + one.height / 2;
  });
  edge = bottom;
  for (let index = sorted.length - 1; index >= 0; index -= 1) {
    places[index] = Math.min(places[index], edge - sorted[index].height / 2);
    edge = places[index] - sorted[index].height / 2;
  }
  return places;
}
