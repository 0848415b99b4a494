"""The site is killed with -9: no worker of it outlives it by two seconds, frozen ones included.

Here it is a small site, in every condition; ``test_the_site_is_killed`` does it to the real one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.kernel import family_of, is_alive, is_free, is_stopped

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 2.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel kills them on Linux")


def until(condition: Callable[[], object], what: str, within_s: float = 10.0) -> None:
    """Wait for a condition, with a deadline; nothing else goes on here meanwhile."""
    end_s = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > end_s:
            raise AssertionError(f"not within {within_s:g} s: {what}")
        time.sleep(0.01)


@contextmanager
def small_site(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.survival.site", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def kill_and_see_all_die(process: "subprocess.Popen[str]", family: Iterable[int]) -> None:
    members = [*family]
    assert members
    process.kill()
    until(lambda: not any(is_alive(pid) for pid in members), "the end of all", WITHIN_S)


def test_all_workers_die_with_it_and_the_next_start_is_clean() -> None:
    with small_site("corner", "2") as process:
        site = told(process)
        assert len(site["pids"]) == 12
        assert {*site["pids"]} < {*family_of(process.pid)}
        kill_and_see_all_die(process, [site["fork_server"], *site["pids"]])
        until(lambda: all(is_free(port) for port in site["ports"]), "all ports free")
    with small_site("corner") as again:
        assert len(told(again)["pids"]) == 6


def test_frozen_ones_die_too() -> None:
    with small_site("corner") as process:
        site = told(process)
        for name in ("back-1", "front-1", "network", "users"):
            os.kill(site["workers"][name], signal.SIGSTOP)
        until(lambda: is_stopped(site["workers"]["users"]), "frozen users")
        kill_and_see_all_die(process, site["pids"])


def test_with_a_frozen_fork_server_too() -> None:
    with small_site("corner") as process:
        site = told(process)
        os.kill(site["workers"]["back-1"], signal.SIGSTOP)
        os.kill(site["fork_server"], signal.SIGSTOP)
        until(lambda: is_stopped(site["fork_server"]), "a frozen fork server")
        kill_and_see_all_die(process, [site["fork_server"], *site["pids"]])


@pytest.mark.parametrize("after_s", [0.1, 0.3, 0.5, 0.7])
def test_at_any_moment_of_its_start(after_s: float) -> None:
    """Whatever it has started so far must be gone: the family is watched while it grows."""
    with small_site("toyshop") as process:
        seen: set[int] = set()
        end_s = time.monotonic() + after_s
        while time.monotonic() < end_s or not seen:
            seen |= {*family_of(process.pid)}
        kill_and_see_all_die(process, seen)
