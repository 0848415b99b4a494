"""Malformed commands are refused with an error, and change nothing."""

from random import Random
from typing import Any

import msgspec
import pytest

from lab.cluster import CommandError, Spawner
from tests.cluster.shops import corner
from tests.cluster.watched import Watched, running
from tests.survival.malformed import malformed

COMMANDS = 300


def plain(lab: Watched) -> Any:
    """Return what no malformed command may change."""
    state = lab.lab.state()
    units = [{**u, "since_t": None} for u in (*state["instances"], *state["workers"])]
    rest = ("status", "services", "dependencies", "links", "users", "faults", "zones")
    return units, {key: state[key] for key in rest}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_three_hundred_of_them_are_errors_and_nothing_changes(
    seed: int, spawner: Spawner
) -> None:
    random = Random(seed)
    async with running(corner(), spawner) as lab:
        await lab.flows()
        before, last = plain(lab), lab.last_event
        for number in range(COMMANDS):
            command = malformed(random)
            error = await _error_of(lab, command, f"number {number} of seed {seed}")
            assert error["code"], error
            assert error["message"], error
            assert len(msgspec.json.encode(error)) < 5_000
        assert plain(lab) == before
        assert [event for event in lab.events if event["id"] > last] == []
        await lab.flows()


async def _error_of(lab: Watched, command: Any, which: str) -> dict[str, str]:
    try:
        answer = await lab.lab.command(command)
    except CommandError as error:
        return error.plain()
    raise AssertionError(f"{which} was obeyed: {command!r} → {answer}")
