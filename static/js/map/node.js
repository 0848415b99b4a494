/** A service in one zone: a card with one row for each of its processes. */

import { html } from "../html.js";
import { STATES, StateShape } from "../marks.js";
import { useChoosable } from "./choosable.js";
import { crackPath } from "./cracks.js";
import { fitted, textWidth } from "./text.js";

const PID_PX = 6.5;

/**
 * @typedef {import("../types.js").Instance} Instance
 * @typedef {import("./layout.js").Places} Places
 * @typedef {import("./layout.js").Box} Box
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./scene.js").Node} NodePlace
 */

/**
 * @param {{
 *   node: NodePlace, places: Places, picture: Picture, ejected: Map<string, string[]>,
 *   dark: boolean,
 * }} props ejected: instance → the callers that leave it out
 */
export function Node({ node, places, picture, ejected, dark }) {
  const box = places.nodes.get(node.id);
  if (!box) return null;
  const { per_s, bad_ratio } = picture.node(node.id).value;
  const states = node.instances.map((one) => one.state);
  const whole =
    states.length > 0 && states.every((state) => state === states[0]) ? states[0] : "mixed";
  const figure = figureWords(per_s, bad_ratio, box.width - 27 - textWidth(node.title, 13, 620));
  const room = box.width - 27 - textWidth(figure, 11, bad_ratio >= 0.01 ? 650 : 400);
  const title = fitted(node.title, room, 13, 620);
  return html`<g class="node" data-dark=${dark ? "" : null} data-state=${whole}>
    <g class="card" ...${useChoosable("service", node.service, labelOf(node, `${title} ${figure}`, per_s, bad_ratio))}>
      <rect class="card-ground" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="8" />
      <text class="card-title" x=${box.x + 11} y=${box.y + 20}>${title}</text>${" "}
      <text class="card-figure" x=${box.x + box.width - 10} y=${box.y + 20} data-bad=${bad_ratio >= 0.01 ? "" : null}>
        ${figure}
      </text>
    </g>
    ${
      node.instances.length === 0 &&
      html`<text class="row-empty" x=${box.x + 11} y=${box.y + 44}>no process here</text>`
    }
    ${node.instances.map(
      (one) => html`<${Row}
        key=${one.name}
        instance=${one}
        box=${places.rows.get(one.name)}
        picture=${picture}
        leftOutBy=${ejected.get(one.name) ?? NOBODY}
      />`,
    )}
    ${whole === "down" && html`<path class="crack" d=${crackPath(box, node.id)} />`}
    ${
      whole === "hung" &&
      html`<rect class="frost" x=${box.x} y=${box.y} width=${box.width} height=${box.height} rx="8" fill="url(#frost)" />`
    }
  </g>`;
}

/** @type {string[]} */
const NOBODY = [];

/** @param {{instance: Instance, box: Box, picture: Picture, leftOutBy: string[]}} props */
function Row({ instance, box, picture, leftOutBy }) {
  const { load, stale } = picture.instance(instance.name).value;
  const out = leftOutBy.length > 0;
  const shown = out && instance.state === "up" ? "ejected" : instance.state;
  const pid = instance.pid === null ? "" : String(instance.pid);
  const left = box.x + 28;
  const right = box.x + box.width - 10;
  const room = right - left - pid.length * PID_PX - 8;
  const showsPid = fitted(instance.name, room, 11.5) === instance.name;
  const name = fitted(instance.name, showsPid ? room : right - left, 11.5);
  return html`<g
    class="row"
    data-state=${instance.state}
    data-stale=${stale ? "" : null}
    ...${useChoosable("instance", instance.name, rowLabel(instance, leftOutBy, showsPid ? `${name} ${pid}` : name))}
  >
    <rect class="row-ground" x=${box.x + 4} y=${box.y} width=${box.width - 8} height=${box.height} rx="5" />
    ${
      instance.state === "hung" &&
      html`<rect class="row-frost" x=${box.x + 4} y=${box.y} width=${box.width - 8} height=${box.height} rx="5" />`
    }
    <svg class="row-sign" x=${box.x + 9} y=${box.y + 4} width="14" height="14" viewBox="0 0 16 16" style=${{ color: STATES[shown].tone }}>
      <${StateShape} state=${shown} />
    </svg>
    <text class="row-name" x=${left} y=${box.y + 14.5}>
      ${name}
    </text>${" "}
    ${showsPid && html`<text class="row-pid" x=${right} y=${box.y + 14.5}>${pid}</text>`}
    <rect class="load-track" x=${left} y=${box.y + 18.2} width=${right - left} height="1.8" rx="0.9" />
    <rect class="load" x=${left} y=${box.y + 18.2} width=${(right - left) * load} height="1.8" rx="0.9" />
  </g>`;
}

/**
 * @param {number} per_s
 * @param {number} bad_ratio
 * @param {number} room in pixels
 */
function figureWords(per_s, bad_ratio, room) {
  if (bad_ratio < 0.01) return `${per_s}/s`;
  const share = `${Math.round(bad_ratio * 100)} %`;
  const words = `${share} bad`;
  return textWidth(words, 11, 650) <= room ? words : share;
}

/**
 * The label begins with what can be read, for those who say what they see.
 *
 * @param {NodePlace} node
 * @param {string} shown
 * @param {number} per_s
 * @param {number} bad_ratio
 */
function labelOf(node, shown, per_s, bad_ratio) {
  const states = node.instances.map((one) => `${one.name} ${STATES[one.state].word}`);
  return [
    shown,
    `service ${node.title}${node.zone ? ` in zone ${node.zone}` : ""}`,
    `${per_s} answers per second`,
    bad_ratio >= 0.01 ? `${Math.round(bad_ratio * 100)} per cent of them bad` : "",
    ...(states.length ? states : ["no process"]),
  ]
    .filter(Boolean)
    .join(", ");
}

/**
 * @param {Instance} instance
 * @param {string[]} leftOutBy
 * @param {string} shown
 */
function rowLabel(instance, leftOutBy, shown) {
  return [
    shown.trim(),
    `instance ${instance.name}`,
    STATES[instance.state].word,
    instance.pid === null ? "no process" : `process ${instance.pid}`,
    instance.reason ?? "",
    leftOutBy.length ? `out of the balance of ${leftOutBy.join(" and ")}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
