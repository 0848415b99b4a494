/**
 * Cause and effect between events, in words and as pairs.
 *
 * @typedef {import("../types.js").LabEvent} LabEvent
 * @typedef {{cause: LabEvent, effect: LabEvent}} Pair
 */

/**
 * @param {LabEvent[]} events in the order of their ids
 * @param {number} from only effects after this time
 * @returns {Pair[]}
 */
export function pairs(events, from) {
  const byId = new Map(events.map((event) => [event.id, event]));
  return events.flatMap((effect) => {
    const cause = effect.t >= from && effect.cause !== null ? byId.get(effect.cause) : undefined;
    return cause ? [{ cause, effect }] : [];
  });
}

/**
 * "freeze payments-1 → breaker opened after 2.1 s (6 of 10 calls timed out)"
 *
 * @param {Pair} pair
 * @returns {string}
 */
export function pairWords({ cause, effect }) {
  const after_s = effect.after_s ?? effect.t - cause.t;
  const [what, ...why] = effect.text.split(": ");
  const reason = why.length > 0 ? ` (${why.join(": ").replace(/ \([^)]*\)$/, "")})` : "";
  const who = effect.by && !what.includes(effect.by) ? ` at ${effect.by}` : "";
  return `${cause.text} → ${subjectWords(effect)}${what}${who} after ${after_s.toFixed(1)} s${reason}`;
}

/**
 * @param {LabEvent} event
 * @returns {string} its subject and a space, unless its text names it anyway before its reason
 */
export function subjectWords({ subject, text }) {
  return text.split(": ")[0].includes(subject) ? "" : `${subject} `;
}
