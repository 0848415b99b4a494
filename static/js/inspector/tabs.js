/** Tabs as ARIA has them: arrows, Home and End move, one panel is shown. */

import { html } from "../html.js";

/**
 * @typedef {{name: string, title: string, badge?: unknown}} Tab
 * @param {{
 *   prefix: string, label: string, tabs: Tab[], chosen: string,
 *   subject?: string, onChoose: (name: string) => void, children?: any,
 * }} props subject: what the panel is about; another one starts at its top
 */
export function Tabs({ prefix, label, tabs, chosen, subject = "", onChoose, children }) {
  /** @param {KeyboardEvent} event */
  const steer = (event) => {
    const here = tabs.findIndex((tab) => tab.name === chosen);
    const next = destination(event.key, here, tabs.length);
    if (next === null) return;
    event.preventDefault();
    onChoose(tabs[next].name);
    document.getElementById(`${prefix}-tab-${tabs[next].name}`)?.focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${label} onKeyDown=${steer}>
      ${tabs.map(
        (tab) => html`<button
          type="button"
          class="tab"
          role="tab"
          key=${tab.name}
          id=${`${prefix}-tab-${tab.name}`}
          aria-selected=${tab.name === chosen ? "true" : "false"}
          aria-controls=${`${prefix}-panel`}
          tabindex=${tab.name === chosen ? 0 : -1}
          onClick=${() => onChoose(tab.name)}
        >
          ${tab.title}${tab.badge}
        </button>`,
      )}
    </div>
    <div
      class="tab-panel"
      role="tabpanel"
      key=${`${chosen} ${subject}`}
      data-scrolls=""
      id=${`${prefix}-panel`}
      aria-labelledby=${`${prefix}-tab-${chosen}`}
      tabindex="0"
    >
      ${children}
    </div>
  `;
}

/**
 * @param {string} key
 * @param {number} here
 * @param {number} count
 * @returns {number | null}
 */
export function destination(key, here, count) {
  switch (key) {
    case "ArrowRight":
      return (here + 1) % count;
    case "ArrowLeft":
      return (here + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
