"""How late frames are for 200 viewers of one lab on one Daphne.

A real site (its clusters are fake, so that only the fan-out is measured) publishes ten frames of
4 kB a second; a second process holds 200 websockets to it and acknowledges as a browser does. Each
frame says when it was made, on the clock that both processes share. The site is held to one
processor, the viewers to another where there is one.

``python -m tests.bench.fanout`` prints the figures and takes about twenty seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VIEWERS = 200
SECONDS = 10.0
WITHIN_S = 60.0


def measure(viewers: int = VIEWERS, seconds: float = SECONDS) -> dict[str, Any]:
    """Return the delays of all frames at all viewers, in ms, and the site's share of a processor.

    ``{"viewers", "frames", "skipped_ratio", "p50_ms", "p99_ms", "max_ms", "cpu_ratio"}``.
    """
    with tempfile.TemporaryDirectory(prefix="faultline-bench-") as data:
        site = _start_site(data)
        try:
            url = _url(site)
            lab = _post(f"{url}/api/v1/labs", {"scenario": "pair"})["id"]
            return _watch(url, lab, viewers, seconds)
        finally:
            site.kill()
            site.wait()


def _watch(url: str, lab: str, viewers: int, seconds: float) -> dict[str, Any]:
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.bench.watchers", port, lab, str(viewers), str(seconds)]
    watchers = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    _pin(watchers, -1)
    try:
        assert watchers.stdout is not None
        assert watchers.stdout.readline() == "watching\n"
        before, began_s = _get(f"{url}/probe")["cpu_s"], time.monotonic()
        output, _ = watchers.communicate(timeout=WITHIN_S)
        after, ended_s = _get(f"{url}/probe")["cpu_s"], time.monotonic()
    finally:
        watchers.kill()
        watchers.wait()
    result: dict[str, Any] = json.loads(output)
    return result | {"cpu_ratio": round((after - before) / (ended_s - began_s), 3)}


def _start_site(data: str) -> subprocess.Popen[str]:
    env = {**os.environ, "FAULTLINE_DATA": data}
    command = [sys.executable, "manage.py", "lab", "--port", "0", "--no-browser"]
    site = subprocess.Popen(
        [*command, "--settings", "tests.web.fake_site"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    _pin(site, 0)
    return site


def _pin(process: subprocess.Popen[str], which: int) -> None:
    """Hold a process to one of the processors that we may use, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process.pid, {processors[which]})


def _url(site: subprocess.Popen[str]) -> str:
    assert site.stdout is not None
    words = site.stdout.readline().split()
    return next(word for word in words if word.startswith("http://"))


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    return _read(request)


def _get(url: str) -> dict[str, Any]:
    return _read(urllib.request.Request(url))


def _read(request: urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=WITHIN_S) as response:
        result: dict[str, Any] = json.load(response)
        return result


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
