/** The users, outside the rooms: what they ask for and what they get. */

import { html } from "../html.js";
import { milliseconds } from "../inspector/words.js";
import { useChoosable } from "./choosable.js";
import { useLab } from "./lab_context.js";

/**
 * @typedef {import("./layout.js").Box} Box
 * @typedef {{offered_per_s: number, good_ratio: number | null, p95_ms: number | null}} UsersFigures
 */

/** @param {{box: Box}} props */
export function UsersNode({ box }) {
  const lab = useLab();
  const { offered_per_s, good_ratio } = lab.recent.value;
  const p95_ms = lab.rows.value.p95_ms.at(-1) ?? null;
  const x = box.x + 12;
  const right = box.x + box.width - 10;
  return html`<g class="card users" ...${useChoosable("users", "users", usersLabel({ offered_per_s, good_ratio, p95_ms }))}>
    <rect class="card-ground" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="12" />
    <g class="people" transform=${`translate(${x} ${box.y + 9})`}>
      <circle cx="6" cy="4" r="3" />
      <path d="M0.5 14.5c.4-4 2.4-5.7 5.5-5.7s5.1 1.7 5.5 5.7z" />
    </g>
    <text class="card-title" x=${x + 18} y=${box.y + 22}>Users</text>${" "}
    <text class="fact" x=${x} y=${box.y + 41}>asking</text>${" "}
    <text class="fact-value" x=${right} y=${box.y + 41}>${offered_per_s}/s</text>${" "}
    <text class="fact" x=${x} y=${box.y + 57}>served</text>${" "}
    <text class="fact-value" x=${right} y=${box.y + 57} data-bad=${good_ratio !== null && good_ratio < 0.99 ? "" : null}>
      ${good_ratio === null ? "–" : `${shareWords(good_ratio)}`}
    </text>${" "}
    <text class="fact" x=${x} y=${box.y + 73}>p95</text>${" "}
    <text class="fact-value" x=${right} y=${box.y + 73}>${milliseconds(p95_ms)}</text>${" "}
  </g>`;
}

/**
 * @param {number} ratio
 * @returns {string} never "100 %" while something failed
 */
export function shareWords(ratio) {
  const percent = ratio * 100;
  if (percent > 99.9 && percent < 100) return "99.9 %";
  return percent >= 99.95 ? "100 %" : `${percent.toFixed(1)} %`;
}

/** @param {UsersFigures} figures */
function usersLabel({ offered_per_s, good_ratio, p95_ms }) {
  const served = good_ratio === null ? "–" : shareWords(good_ratio);
  return `Users asking ${offered_per_s}/s served ${served} p95 ${milliseconds(p95_ms)}`;
}
