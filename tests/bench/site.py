"""A real site in a process of its own, with what a benchmark asks of it."""

import json
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.house.sites import ROOT, environment

LIMIT_S = 60.0


class Site:
    """A running Faultline and the address where it answers."""

    def __init__(self, process: "subprocess.Popen[str]", began_s: float) -> None:
        self.process = process
        self.began_s = began_s
        self.url = _address(process)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return what the API answers; urllib's HTTPError when it refuses."""
        request = urllib.request.Request(
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def served(self, lab: str) -> bool:
        """Tell whether a user of this lab has had an answer."""
        try:
            return bool(self.ask("GET", f"/labs/{lab}/stats/ok_per_s"))
        except urllib.error.HTTPError:
            return False

    def pids(self) -> list[int]:
        """Return the processes of this site: itself, the fork server and all workers."""
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found


@contextmanager
def site(command: Sequence[str]) -> Iterator[Site]:
    """Run a command that starts a site; it is gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.monotonic()
        process = subprocess.Popen(
            list(command), cwd=ROOT, env=environment(Path(folder)), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield Site(process, began_s)
        finally:
            process.terminate()
            process.communicate(timeout=20)


def pss_mb(pid: int) -> float:
    """Return a process's proportional set size: what it shares is divided by those who share it."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.split("\nPss:")[1].split()[0]) / 1000


def until(condition: Callable[[], object], limit_s: float = LIMIT_S) -> float:
    """Wait until the condition holds and return the moment. Raises TimeoutError."""
    end_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError("the benchmark waited in vain")
        time.sleep(0.02)
    return time.monotonic()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://[\d.]+:\d+", line):
            return found.group()
    raise RuntimeError("the site did not start")
