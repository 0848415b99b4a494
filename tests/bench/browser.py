"""What a person feels: from a click to the worker and to the picture, and how hard the page works.

``python -m tests.bench.browser [SECONDS]`` prints the figures; ten minutes tell whether memory is
flat, the bench takes one.
"""

import re
import shutil
import sys
import time
from statistics import quantiles
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.bench.site import Site, site
from tests.pages.conftest import CHROMIUM, QUIET

CLICKS = 20
RATE_PER_S = 100
WATCH_S = 60.0

CLICK = """([name, button]) => new Promise((seen, missed) => {
  const node = document.querySelector(`[data-kind="instance"][data-name="${name}"]`);
  const began = node.dataset.state;
  const limit = setTimeout(() => missed(new Error("the picture did not change")), 5000);
  const [at, wall_ms] = [performance.now(), performance.timeOrigin + performance.now()];
  new MutationObserver((_, self) => {
    if (node.dataset.state === began) return;
    self.disconnect();
    clearTimeout(limit);
    requestAnimationFrame(() => seen({ picture_ms: performance.now() - at, wall_ms }));
  }).observe(node, { attributes: true });
  button.click();
})"""
"""Clicks a button and resolves in the animation frame in which the instance looks otherwise."""

LISTEN = """
window.heard = [];
window.WebSocket = class extends WebSocket {
  constructor(...address) {
    super(...address);
    this.addEventListener("message", ({ data }) => {
      const wall_ms = performance.timeOrigin + performance.now();
      if (data.startsWith('{"type":"event"')) window.heard.push({ wall_ms, ...JSON.parse(data) });
    });
  }
};
"""
"""Notes when each event reaches the page."""

HEARD = """kind => new Promise((heard, missed) => {
  const limit = setTimeout(() => missed(new Error(`no ${kind} in 20 s`)), 20000);
  const look = () => {
    if (!window.heard.some((event) => event.kind === kind)) return setTimeout(look, 20);
    clearTimeout(limit);
    heard();
  };
  look();
})"""

FRAMES = """seconds => new Promise((done) => {
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const next = (now) => {
    count += 1;
    if (now < end) requestAnimationFrame(next);
    else done(count / seconds);
  };
  requestAnimationFrame(next);
})"""


def measure(watch_s: float = WATCH_S) -> dict[str, float]:
    """Return what a person feels, in milliseconds, and what the page costs at 100 requests/s.

    ``click_to_*_ms`` are the p95 of 20 clicks on Freeze and Heal: to the kernel's word that the
    process has stopped or continued, and to the animation frame that shows it. ``breaker_ms`` is
    from a breaker's decision to the browser. ``busy_ratio`` is the main thread's.
    """
    command = [sys.executable, "manage.py", "lab", "--port", "0", "--no-browser"]
    path = next(found for name in CHROMIUM if (found := shutil.which(name)))
    with site(command) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(LISTEN)
        page.goto(f"{running.url}/lab/")
        page.locator('[data-kind="instance"][data-state="up"]').first.wait_for()
        lab = page.url.rstrip("/").rpartition("/")[2]
        felt = _clicks(running, lab, page) | _breaker(running, lab, page)
        running.ask("PATCH", f"/labs/{lab}/users", {"rate_per_s": RATE_PER_S})
        felt |= _work(page, watch_s)
        browser.close()
        return felt


def _clicks(running: Site, lab: str, page: Page) -> dict[str, float]:
    page.locator('[data-kind="instance"][data-name="payments-1"]').click()
    pictures_ms, workers_ms = [], []
    for number in range(CLICKS):
        verb = re.compile("^Freeze payments-1" if number % 2 == 0 else "^Heal.*payments-1")
        button = page.get_by_role("button", name=verb).first.element_handle()
        clicked = page.evaluate(CLICK, ["payments-1", button])
        kind = "process_stopped" if number % 2 == 0 else "process_continued"
        pictures_ms.append(clicked["picture_ms"])
        t = _last(running, lab, kind)["t"]
        workers_ms.append((_began_s(running, lab) + t) * 1000 - clicked["wall_ms"])
    return {
        "click_to_worker_ms": quantiles(workers_ms, n=20)[-1],
        "click_to_picture_ms": quantiles(pictures_ms, n=20)[-1],
    }


def _breaker(running: Site, lab: str, page: Page) -> dict[str, float]:
    chain = [{"pattern": "breaker"}, {"pattern": "attempt_timeout"}]
    errors = {"kind": "errors", "target": "payments", "params": {"ratio": 1.0}}
    running.ask("PUT", f"/labs/{lab}/dependencies/checkout:payments/chain", chain)
    running.ask("POST", f"/labs/{lab}/faults", errors)
    page.evaluate(HEARD, "breaker")
    began_s = _began_s(running, lab)
    heard = page.evaluate("window.heard.filter((event) => event.kind === 'breaker')")
    running.ask("POST", f"/labs/{lab}/reset")
    return {"breaker_ms": max(e["wall_ms"] - (began_s + e["t"]) * 1000 for e in heard)}


def _last(running: Site, lab: str, kind: str) -> dict[str, Any]:
    events = running.ask("GET", f"/labs/{lab}/events")["events"]
    found: dict[str, Any] = [event for event in events if event["kind"] == kind][-1]
    return found


def _began_s(running: Site, lab: str) -> float:
    """Return the wall-clock time of the lab's zero, from the quickest of five answers."""
    guesses: list[tuple[float, float]] = []
    for _ in range(5):
        asked_s = time.time()  # noqa: TID251 - the browser tells wall-clock time
        t = running.ask("GET", f"/labs/{lab}")["t"]
        answered_s = time.time()  # noqa: TID251 - as above
        guesses.append((answered_s - asked_s, (asked_s + answered_s) / 2 - t))
    return min(guesses)[1]


def _work(page: Page, watch_s: float) -> dict[str, float]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.wait_for_timeout(5_000)
    before, heap_before = _metrics(session), _heap_mb(session)
    fps = page.evaluate(FRAMES, watch_s)
    after, heap_after = _metrics(session), _heap_mb(session)
    spent_s = after["TaskDuration"] - before["TaskDuration"]
    return {
        "busy_ratio": spent_s / (after["Timestamp"] - before["Timestamp"]),
        "frames_per_s": fps,
        "heap_mb": heap_after,
        "heap_growth_mb": heap_after - heap_before,
    }


def _metrics(session: CDPSession) -> dict[str, float]:
    found = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


def _heap_mb(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    return _metrics(session)["JSHeapUsedSize"] / 1e6


if __name__ == "__main__":
    for name, value in measure(float(sys.argv[1]) if len(sys.argv) > 1 else WATCH_S).items():
        print(f"{name:>20} {value:8.2f}")
