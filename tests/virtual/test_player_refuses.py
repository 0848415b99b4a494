"""A virtual lab refuses malformed commands as a live one does, on both sides of its line."""

from random import Random
from typing import Any

import pytest

from lab.cluster import CommandError, PlayedCluster, RemotePlayer
from tests.cluster.shops import CORNER
from tests.survival.malformed import malformed
from tests.virtual.stage import ask, opened, run_to

COMMANDS = 300


@pytest.mark.parametrize("seed", [1, 2])
async def test_three_hundred_of_them_are_errors_and_nothing_changes(seed: int) -> None:
    random = Random(seed)
    async with opened() as stage:
        lab = await stage.start(PlayedCluster(RemotePlayer(stage.spawner), "corner", CORNER))
        await ask(lab, "set_pace", speed=1.0, paused=True)
        before = await what_may_not_change(lab)
        for number in range(COMMANDS):
            command = malformed(random)
            assert await message_of(lab, command), f"number {number}: {command!r} was obeyed"
        assert await what_may_not_change(lab) == before
        assert lab.about()["pace"]["paused"] is True
        await run_to(lab, 2.0)


async def message_of(lab: PlayedCluster, command: Any) -> str:
    """Return why a command was refused."""
    try:
        await lab.command(command)
    except CommandError as error:
        return error.message
    return ""


async def what_may_not_change(lab: PlayedCluster) -> Any:
    state = await ask(lab, "state")
    units = [each["name"] for each in state["instances"] if each["state"] == "up"]
    rest = ("status", "services", "dependencies", "links", "users", "faults", "zones", "body")
    return units, {key: state[key] for key in rest if key in state}
