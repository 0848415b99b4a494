"""The same scenario, seed and commands give the same bytes, here and in another process."""

import os
import subprocess
import sys

import pytest

from tests.cluster.shops import shipped
from tests.virtual.played import played

SECONDS = 8.0


def digest(name: str, seed: int | None = None) -> str:
    """Return the digest of a run with faults and changes of every sort."""
    with played(shipped(name), seed=seed) as one:
        victim = next(iter(one.lab.crew.instances))
        one.run(2.0)
        one.command(command="inject_fault", kind="hang", target=victim, duration_s=1.0)
        one.run(1.5)
        one.command(command="inject_fault", kind="crash", target=victim)
        one.command(command="set_users", rate_per_s=80.0)
        one.run(SECONDS)
        return one.digest


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
