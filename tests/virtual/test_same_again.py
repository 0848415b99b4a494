"""The same scenario, seed and commands give the same bytes, here and in another process."""

import os
import subprocess
import sys

import pytest

from tests.cluster.shops import shipped
from tests.virtual.played import played

SECONDS = 10.0


def digest(name: str, seed: int | None = None) -> str:
    """Return the digest of a run with faults and changes of every sort."""
    with played(shipped(name), seed=seed) as play:
        victim = next(iter(play.lab.crew.instances))
        play.run_until(2.0)
        play.command(command="inject_fault", kind="hang", target=victim, duration_s=1.0)
        play.run_until(3.5)
        play.command(command="inject_fault", kind="crash", target=victim)
        play.command(command="set_users", rate_per_s=80.0)
        play.run_until(SECONDS)
        return play.recording.digest


@pytest.mark.parametrize("name", ["pair", "chain", "toyshop"])
def test_a_run_is_the_same_again_and_in_another_process(name: str) -> None:
    here = digest(name)
    assert digest(name) == here
    program = f"from tests.virtual.test_same_again import digest; print(digest({name!r}))"
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert there.stdout.strip() == here


def test_another_seed_gives_another_run() -> None:
    assert digest("pair", seed=1) != digest("pair", seed=2)


def test_a_run_that_is_given_the_same_commands_again_is_the_same() -> None:
    scenario = shipped("pair")
    with played(scenario) as first:
        first.run_until(1.234)
        first.command(command="inject_fault", kind="crash", target="callee-1")
        first.run_until(2.0)
        first.give({"command": "set_users", "rate_per_s": 50.0})
        first.run_until(5.0)
    with played(scenario, commands=first.given) as again:
        again.run_until(5.0)
    assert again.recording.digest == first.recording.digest
    assert [given.fields["command"] for given in again.given] == ["inject_fault", "set_users"]
