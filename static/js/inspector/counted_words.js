/** What a layer counted for one call, in a line. */

import { counted, milliseconds } from "./words.js";

/**
 * What comes of one pass where a layer makes several of it.
 *
 * @type {Record<string, [one: string, many: string]>}
 */
const TRIES = { retry: ["try", "tries"], hedge: ["attempt", "attempts"] };

/**
 * @param {import("./layer_counts.js").LayerCount | undefined} count
 * @returns {string} "saw 3, 3 failures, 93 ms"; a dash where there is nothing to tell
 */
export function countedWords(count) {
  if (!count) return "–";
  const { saw, tries, failed, spent_ms } = count;
  if (saw === 0) return "never reached";
  if (tries === 0) return `saw ${saw}, ${count.pattern === "cache" ? "answered" : "turned away"}`;
  const made = madeWords(count);
  return `saw ${saw}${made}, ${counted(failed, "failure")}, ${milliseconds(spent_ms)}`;
}

/** @param {import("./layer_counts.js").LayerCount} count */
function madeWords({ pattern, saw, tries }) {
  const words = TRIES[pattern];
  if (words) return `, ${tries} ${words[tries === 1 ? 0 : 1]}`;
  return tries < saw ? `, ${saw - tries} turned away` : "";
}
