/** Frames as the page reads them. On the way they are as small as can be. */

/**
 * A link's cell comes as seven counts and p99_ms in one list; views want the counts apart.
 *
 * @param {import("./types.js").Frame} frame as it came
 * @returns {import("./types.js").Frame} the same object, with its links as `Frame` says
 */
export function shaped(frame) {
  const links = /** @type {any[]} */ (frame.links);
  frame.links = links.map((cell) => {
    if (!cell || Array.isArray(cell[0])) return cell;
    return [cell.slice(0, 7), cell[7]];
  });
  return frame;
}
