/**
 * Dragging one row of a list to another place, by mouse, pen or finger.
 *
 * While it is dragged, rows only shift on the screen; the order is changed once it is let go.
 */

const EDGE_PX = 36;
const SCROLL_PX = 8;

export class DragOrder {
  /**
   * @param {HTMLElement} list its children with `data-row` are the rows
   * @param {(from: number, to: number) => void} drop
   */
  constructor(list, drop) {
    this.list = list;
    this.drop = drop;
    this.from = -1;
    this.to = -1;
  }

  /**
   * @param {PointerEvent} event on the handle of the row
   * @param {number} from
   * @param {number} last the last place that a row may take
   */
  begin(event, from, last) {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = /** @type {HTMLElement} */ (event.currentTarget);
    this.rows = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[data-row]")]);
    this.from = from;
    this.to = from;
    this.last = last;
    this.start_y = event.clientY + this.#scrolled();
    this.boxes = this.rows.map((row) => ({ top: row.offsetTop, height: row.offsetHeight }));
    handle.setPointerCapture(event.pointerId);
    this.list.dataset.dragging = "";
    this.rows[from].dataset.dragged = "";
    const steer = new AbortController();
    const { signal } = steer;
    const end = (/** @type {boolean} */ isKept) => {
      steer.abort();
      this.#end(isKept);
    };
    handle.addEventListener("pointermove", (move) => this.#move(move), { signal });
    handle.addEventListener("pointerup", () => end(true), { signal });
    handle.addEventListener("pointercancel", () => end(false), { signal });
    window.addEventListener("keydown", (key) => key.key === "Escape" && end(false), { signal });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.#scrollNearEdge(event.clientY);
    const boxes = this.boxes ?? [];
    const offset = event.clientY + this.#scrolled() - (this.start_y ?? 0);
    const middle = boxes[this.from].top + boxes[this.from].height / 2 + offset;
    const below = boxes.filter((box, at) => at !== this.from && box.top + box.height / 2 < middle);
    this.to = Math.min(below.length, this.last ?? 0);
    this.rows?.forEach((row, at) => {
      row.style.transform = `translateY(${at === this.from ? offset : this.#shift(at)}px)`;
    });
  }

  /** @param {number} at */
  #shift(at) {
    const height = (this.boxes ?? [])[this.from].height;
    if (at > this.from && at <= this.to) return -height;
    return at < this.from && at >= this.to ? height : 0;
  }

  /** @param {boolean} isKept */
  #end(isKept) {
    delete this.list.dataset.dragging;
    for (const row of this.rows ?? []) {
      row.style.transform = "";
      delete row.dataset.dragged;
    }
    if (isKept && this.to !== this.from) this.drop(this.from, this.to);
  }

  #scroller() {
    return this.list.closest("[data-scrolls]");
  }

  #scrolled() {
    return this.#scroller()?.scrollTop ?? 0;
  }

  /** @param {number} y */
  #scrollNearEdge(y) {
    const scroller = this.#scroller();
    if (!scroller) return;
    const { top, bottom } = scroller.getBoundingClientRect();
    if (y < top + EDGE_PX) scroller.scrollTop -= SCROLL_PX;
    else if (y > bottom - EDGE_PX) scroller.scrollTop += SCROLL_PX;
  }
}
