"""As in test_random_harm, but to the real site, asked over its API by somebody outside."""

import os
import random
import signal
import sys
import time
from typing import Any

import pytest

from tests.bench.site import Site, site, until
from tests.survival.test_the_site_is_killed import MANAGE, state

SECONDS = float(os.environ.get("FAULTLINE_HARM_AT_SITE_S", "15"))
RESET_WITHIN_S = 3.0
ANSWER_WITHIN_S = 1.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="compares with /proc")


def test_the_lab_stays_truthful_and_can_be_reset_from_any_state() -> None:
    chance = random.Random(7)
    with site(MANAGE) as running:
        lab = running.ask("POST", "/labs", {"scenario": "toyshop"})["id"]
        until(lambda: running.served(lab))
        end_s = time.monotonic() + SECONDS
        struck = 0
        while time.monotonic() < end_s:
            struck += strike(chance, look(running, lab))
            if chance.random() < 0.1:
                assert reset_s(running, lab) < RESET_WITHIN_S
        assert struck > 10
        until(lambda: truthful(look(running, lab)), 5.0)
        assert reset_s(running, lab) < RESET_WITHIN_S
        until(lambda: running.served(lab), 5.0)
        assert {one["state"] for one in everybody(look(running, lab))} == {"up"}


def look(running: Site, lab: str) -> Any:
    """Ask for the state; even now an answer takes less than a second."""
    asked_s = time.monotonic()
    seen = running.ask("GET", f"/labs/{lab}")
    assert time.monotonic() - asked_s < ANSWER_WITHIN_S
    return seen


def everybody(seen: Any) -> list[Any]:
    return [*seen["instances"], *seen["workers"]]


def strike(chance: random.Random, seen: Any) -> int:
    """Kill, freeze or thaw one worker from outside, as nobody announced it."""
    victim = chance.choice(everybody(seen))
    if victim["pid"] is None:
        return 0
    number = chance.choice([signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT])
    try:
        os.kill(victim["pid"], number)
    except ProcessLookupError:
        return 0
    return 1


def truthful(seen: Any) -> bool:
    """Whether what is told of each process is what the kernel says of it."""
    for one in everybody(seen):
        kernel = "" if one["pid"] is None else state(one["pid"])
        if one["state"] == "up" and kernel not in ("R", "S", "D"):
            return False
        if kernel == "T" and one["state"] != "hung":
            return False
        if one["state"] == "down" and kernel not in ("", "Z"):
            return False
    return True


def reset_s(running: Site, lab: str) -> float:
    began_s = time.monotonic()
    running.ask("POST", f"/labs/{lab}/reset")
    return time.monotonic() - began_s
