/** Whether what is seen is now, and whose time it is: the word in the top bar, and the banner. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clockWords } from "../clock_words.js";
import { html } from "../html.js";
import { speedWords } from "../playback/speeds.js";
import { connection, shown, state } from "../store.js";

const now = signal(Date.now());

/** @type {Readonly<Record<string, string>>} */
const STATUS = {
  starting: "starting",
  resetting: "resetting",
  stopping: "stopping",
  stopped: "stopped",
  broken: "broken",
};

export function LiveSign() {
  const { kind, word } = sign();
  return html`<span class="live" data-kind=${kind} role="status"><i class="live-dot"></i>${word}</span>`;
}

function sign() {
  return connectionSign(shown.value) ?? timeSign(shown.value);
}

/**
 * @param {import("../lab.js").Lab} lab
 * @returns {{kind: string, word: string} | null} null: it is there and runs
 */
export function connectionSign(lab) {
  const { status } = lab.connection.value;
  if (status === "lost") return { kind: "lost", word: "lost" };
  if (status === "closed") return { kind: "lost", word: "closed" };
  if (status === "connecting") return { kind: "waiting", word: "connecting" };
  const busy = STATUS[lab.state.value?.status ?? ""];
  if (!busy) return null;
  return { kind: busy === "broken" || busy === "stopped" ? "lost" : "waiting", word: busy };
}

/**
 * @param {import("../lab.js").Lab} lab
 * @returns {{kind: string, word: string}} "live", "virtual 4×", "virtual, paused", "past 0:41"
 */
function timeSign(lab) {
  const looksAt = lab.past.value;
  if (looksAt) return { kind: "past", word: `past ${clockWords(looksAt.t)}` };
  if (!lab.isVirtual.value) return { kind: "live", word: "live" };
  if (lab.present.value?.ended) return { kind: "lost", word: "virtual, ended" };
  const { speed, paused } = lab.pace.value;
  if (paused) return { kind: "frozen", word: "virtual, paused" };
  return {
    kind: "virtual",
    word: `virtual ${speed === null ? "at full speed" : speedWords(speed)}`,
  };
}

/** Over the picture: says what is wrong with it and what happens next. */
export function Banner() {
  const { status, since, reason } = connection.value;
  const waits = status !== "live";
  useEffect(() => {
    if (!waits) return undefined;
    now.value = Date.now();
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [waits]);
  const seconds = Math.max(0, Math.round((now.value - since) / 1000));
  if (status === "closed") {
    return html`<div class="banner" role="alert">${reason} <a class="button" href="/">Home</a></div>`;
  }
  if (status === "lost") {
    return html`<div class="banner" role="alert">
      <span>The line to the lab was lost <b class="tabular">${seconds} s</b> ago. What you see is old; the page comes back by itself.</span>
    </div>`;
  }
  if (status === "connecting" && seconds >= 3) {
    return html`<div class="banner" role="status">Still connecting. The lab may be waking up.</div>`;
  }
  const ended = shown.value.present.value?.ended;
  if (ended && !shown.value.isPast.value) {
    return html`<div class="banner" role="status">This virtual lab goes no further: ${ended}. You can still look back, and branch.</div>`;
  }
  const notice = state.value?.notice;
  if (state.value?.status === "broken") {
    return html`<div class="banner" role="alert">${notice ?? "The lab broke down."} Reset starts it again.</div>`;
  }
  return notice ? html`<div class="banner" role="status">${notice}</div>` : null;
}
