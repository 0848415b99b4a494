/** Whether what is seen is now: the word in the top bar, and the banner when it is not. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { html } from "../html.js";
import { connection, paused, state } from "../store.js";

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
  const { status } = connection.value;
  if (status === "lost") return { kind: "lost", word: "lost" };
  if (status === "closed") return { kind: "lost", word: "closed" };
  if (status === "connecting") return { kind: "waiting", word: "connecting" };
  const busy = state.value && STATUS[state.value.status];
  if (busy)
    return { kind: busy === "broken" || busy === "stopped" ? "lost" : "waiting", word: busy };
  return paused.value ? { kind: "frozen", word: "frozen" } : { kind: "live", word: "live" };
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
  const notice = state.value?.notice;
  if (state.value?.status === "broken") {
    return html`<div class="banner" role="alert">${notice ?? "The lab broke down."} Reset starts it again.</div>`;
  }
  return notice ? html`<div class="banner" role="status">${notice}</div>` : null;
}
