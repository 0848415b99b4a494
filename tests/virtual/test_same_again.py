"""The same scenario, seed and commands give the same bytes, here and everywhere."""

import os
import subprocess
import sys

import msgspec
import pytest

from lab.cluster import CommandError
from lab.cluster.runs.run import Given
from tests.cluster.shops import shipped
from tests.virtual.digests import digest, history
from tests.virtual.played import played

HISTORY_OF_PAIR = "121d9360654c83ada5b4a8a6623c9b4fb3a651248c8ad534d1438740bba42843"
"""What happens in ``pair`` on every machine, C library and Python that we support.

It changes when what a lab does changes on purpose: then write down the new one, which the failing
test shows. It must not change by anything else; if it does on one machine only, something there
leaks into virtual time.
"""

ELSEWHERE = "FAULTLINE_PYTHONS"
"""Other interpreters that have the packages, separated by colons: paths."""


@pytest.mark.parametrize("name", ["pair", "chain", "toyshop"])
def test_a_run_is_the_same_again_and_in_another_process(name: str) -> None:
    here = digest(name)
    assert digest(name) == here
    assert elsewhere(sys.executable, f"digest({name!r})") == here


def test_what_happens_is_the_same_on_every_machine() -> None:
    assert history("pair") == HISTORY_OF_PAIR


@pytest.mark.skipif(ELSEWHERE not in os.environ, reason=f"{ELSEWHERE} names no interpreters")
def test_a_run_is_the_same_with_other_pythons() -> None:
    here = digest("pair")
    for python in os.environ[ELSEWHERE].split(":"):
        assert elsewhere(python, "digest('pair')") == here


def elsewhere(python: str, call: str) -> str:
    """Return what a call of this package comes to in another process, with other hashes."""
    program = f"from tests.virtual.digests import digest; print({call})"
    environment = os.environ | {"PYTHONHASHSEED": "4711"}
    there = subprocess.run(
        [python, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    return there.stdout.strip()


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


def test_it_does_not_matter_how_the_time_is_cut() -> None:
    found = set()
    for cut in (5.0, 0.37, 0.1, None):
        with played(shipped("pair")) as play:
            while play.t < 5.0:
                if cut is None and play.t < 2.0:
                    play.step()
                else:
                    play.run_until(min(5.0, play.t + (cut or 5.0)))
            found.add(play.recording.digest)
    assert len(found) == 1


def test_commands_of_one_moment_are_given_again_as_they_were() -> None:
    """Some are obeyed before the next is given, some are not, one is refused, one steps."""
    scenario = shipped("toyshop")
    with played(scenario) as first:
        first.run_until(1.0)
        first.give({"command": "set_users", "rate_per_s": 70.0})
        first.run_until(1.0)
        first.give({"command": "inject_fault", "kind": "crash", "target": "catalog-1"})
        first.give({"command": "inject_fault", "kind": "hang", "target": "catalog-2"})
        first.command(command="set_users", rate_per_s=60.0)
        with pytest.raises(CommandError):
            first.command(command="inject_fault", kind="crash", target="nobody")
        first.step()
        first.command(command="inject_fault", kind="errors", target="gateway")
        first.command(command="inject_fault", kind="down", target="gateway:catalog")
        first.run_until(4.0)
    kept = msgspec.json.decode(msgspec.json.encode(first.given), type=list[Given])
    for steps in (False, True):
        with played(scenario, commands=kept) as again:
            while steps and again.t < 1.5:
                again.step()
            again.run_until(4.0)
        assert again.recording.digest == first.recording.digest
        assert again.given == first.given
