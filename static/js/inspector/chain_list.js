/** The ordered patterns of one dependency, outermost first, to be moved by hand or by key. */

import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { html } from "../html.js";
import { catalogue } from "../store.js";
import { changedFields, isFixed, moved, movedPatterns, withLayer } from "./chain.js";
import { DragOrder } from "./drag_order.js";
import { PatternCard } from "./pattern_card.js";

/**
 * @typedef {import("./chain_edit.js").ChainEdit} ChainEdit
 * @param {{
 *   edit: ChainEdit, callee: string,
 *   last: import("@preact/signals").ReadonlySignal<import("./last_counts.js").LastCounts | null>,
 * }} props last: what each layer counted for the latest request
 */
export function ChainList({ edit, callee, last }) {
  const list = useRef(/** @type {HTMLOListElement | null} */ (null));
  const spoken = useSignal("");
  const chain = edit.chain.value;
  const authored = edit.authored.value;
  const elsewhere = movedPatterns(chain, authored);
  const lowest = chain.filter((layer) => !isFixed(layer)).length - 1;

  /** @type {(from: number, to: number) => void} */
  const move = (from, to) => {
    const layer = edit.chain.peek()[from];
    const next = moved(edit.chain.peek(), from, to);
    if (next === edit.chain.peek()) {
      spoken.value = `${titleOf(layer.pattern)} can go no further`;
      return;
    }
    const place = next.indexOf(layer);
    spoken.value = placeWords(next, place);
    edit.change(
      next,
      `${titleOf(layer.pattern)} moved to place ${place + 1} for ${edit.dependency}`,
    );
    keepFocus(list.current);
  };
  const latest = useRef(move);
  latest.current = move;
  const drag = useMemo(() => ({ order: /** @type {DragOrder | null} */ (null) }), []);
  /** @type {(event: PointerEvent, from: number) => void} */
  const grab = (event, from) => {
    if (!list.current) return;
    drag.order ??= new DragOrder(list.current, (one, other) => latest.current(one, other));
    drag.order.begin(event, from, lowest);
  };

  const blamed = edit.blamed;
  let depth = 0;
  return html`
    <ol class="chain" ref=${list} data-pending=${edit.isPending ? "" : null}>
      ${chain.map((layer, index) => {
        const outside = depth;
        if (layer.enabled) depth += 1;
        return html`<${PatternCard}
          key=${layer.pattern}
         
          dependency=${edit.dependency}
          layer=${layer}
          index=${index}
          lowest=${lowest}
          depth=${outside}
          changed=${changedFields(
            layer,
            authored.find((one) => one.pattern === layer.pattern),
          )}
          isElsewhere=${elsewhere.has(layer.pattern)}
          error=${blamed?.index === index ? { ...edit.error.value, field: blamed.field } : null}
          last=${last}
          onGrab=${grab}
          onMove=${move}
          onChange=${(
            /** @type {Record<string, unknown>} */ changes,
            /** @type {string} */ words,
          ) => edit.change(withLayer(edit.chain.peek(), layer.pattern, changes), words)}
        />`;
      })}
      <li class="chain-call" style=${{ "--depth": depth }}>call to ${callee}</li>
    </ol>
    <p class="visually-hidden" role="status">${spoken.value}</p>
  `;
}

/**
 * @param {string} pattern
 */
export function titleOf(pattern) {
  return catalogue.value?.patterns.find((one) => one.name === pattern)?.title ?? pattern;
}

/**
 * @param {import("../types.js").Layer[]} chain
 * @param {number} place
 */
function placeWords(chain, place) {
  const title = titleOf(chain[place].pattern);
  const outer = chain[place - 1];
  const inner = chain[place + 1];
  return (
    `${title} is now ${place + 1} of ${chain.length}` +
    (outer ? `, inside ${titleOf(outer.pattern)}` : ", outermost") +
    (inner ? `, around ${titleOf(inner.pattern)}` : "")
  );
}

/**
 * A moved element loses the focus; it gets it back once the new order is drawn.
 *
 * @param {HTMLElement | null} list
 */
function keepFocus(list) {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement) || !list?.contains(focused)) return;
  requestAnimationFrame(() => focused.isConnected && focused.focus({ preventScroll: false }));
}
