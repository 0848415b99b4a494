/** The last log lines of one process, fetched again while someone can see them. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { html } from "../html.js";
import { ask } from "./desk.js";

const EVERY_MS = 2000;

/** @param {{instance: string}} props */
export function LogTail({ instance }) {
  const lines = useSignal(/** @type {string[] | null} */ (null));
  const broken = useSignal("");
  const box = useRef(/** @type {HTMLElement | null} */ (null));

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let isSeen = false;
    let isAsking = false;
    const refresh = async () => {
      if (!isSeen || isAsking || document.visibilityState === "hidden") return;
      isAsking = true;
      const answer = await ask({ command: "log", instance });
      isAsking = false;
      broken.value = answer.ok ? "" : answer.error.message;
      if (answer.ok) show(element, () => (lines.value = answer.result.lines));
    };
    const watcher = new IntersectionObserver((entries) => {
      isSeen = entries[entries.length - 1].isIntersecting;
      refresh();
    });
    watcher.observe(element);
    const timer = setInterval(refresh, EVERY_MS);
    return () => {
      watcher.disconnect();
      clearInterval(timer);
    };
  }, [instance]);

  return html`
    <div class="log" ref=${box} tabindex="0" role="region" aria-label=${`Last log lines of ${instance}`}>
      ${broken.value && html`<p class="error-words">${broken.value}</p>`}
      ${lines.value === null && !broken.value && html`<p class="quiet">Fetching the log…</p>`}
      ${lines.value?.length === 0 && html`<p class="quiet">It has not written anything yet.</p>`}
      <pre>${(lines.value ?? []).join("\n")}</pre>
    </div>
  `;
}

/**
 * Stays at the newest line, unless someone has scrolled up to read.
 *
 * @param {HTMLElement} element
 * @param {() => void} change
 */
function show(element, change) {
  const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
  change();
  if (isAtEnd) requestAnimationFrame(() => (element.scrollTop = element.scrollHeight));
}
