/** Which routes the users ask for, in shares that add up to one. */

/**
 * One route gets its share, the others what is left, as they shared it before.
 *
 * @param {import("../types.js").RouteShare[]} mix
 * @param {string} route
 * @param {number} share 0 to 1
 * @returns {import("../types.js").RouteShare[]} adding up to 1
 */
export function mixWith(mix, route, share) {
  const others = mix.filter((one) => one.route !== route);
  const before = others.reduce((sum, one) => sum + one.share, 0);
  return mix.map((one) => {
    if (one.route === route) return { ...one, share: others.length > 0 ? share : 1 };
    const part = before > 0 ? one.share / before : 1 / others.length;
    return { ...one, share: Number(((1 - share) * part).toFixed(4)) };
  });
}
