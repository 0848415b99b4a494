/**
 * Where the past comes from.
 *
 * @typedef {import("./replay.js").Record} Record
 */

import { askApi } from "../api.js";
import { send } from "../socket.js";

/**
 * @param {import("../lab.js").Lab} lab that runs
 * @returns {Record}
 */
export function recordOfLab(lab) {
  return {
    moment: (t) => send("moment", { t }, lab),
    span: (from_t, to_t) => send("span", { from_t, to_t }, lab),
  };
}

/**
 * @param {string} path of a kept run below /api/v1, as `/runs/7c…`
 * @param {string} [key] of a share link
 * @returns {Record}
 */
export function recordOfRun(path, key = "") {
  const shared = key ? `&key=${encodeURIComponent(key)}` : "";
  return {
    moment: (t) => askApi("GET", `${path}/moment?t=${t}${shared}`),
    span: (from_t, to_t) => askApi("GET", `${path}/span?from_t=${from_t}&to_t=${to_t}${shared}`),
  };
}
