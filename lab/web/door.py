"""The cluster's front door, as a host uses it; tests hand in another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from lab.cluster import (
    CommandError,
    PlayedCluster,
    RecordedCluster,
    RemotePlayer,
    Replay,
    ScenarioError,
    Spawner,
    load_scenario,
)
from lab.web.errors import Problem
from lab.web.live_lab import LiveLab

Reply = dict[str, Any] | msgspec.Raw
"""What becomes JSON, or is JSON already."""


class ForkServer(Protocol):
    """What starts processes for every cluster of a host."""

    async def start(self) -> None:
        """Start it."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


class Running(Protocol):
    """One lab's cluster, live or virtual."""

    @property
    def body(self) -> str:
        """What it is made of: live or virtual."""
        ...

    @property
    def status(self) -> str:
        """Where it is in its life: starting, running, resetting, broken, stopped …"""
        ...

    @property
    def replay(self) -> Replay | None:
        """The changes it was asked for with their times, and where it is; None: not known yet."""
        ...

    def about(self) -> dict[str, Any]:
        """What its state says besides what the cluster itself says.

        ``body``; ``pace``, null in a live one; ``replaying_to``, the lab time up to which a past is
        being played again, or null; ``ended``, why it goes no further, or empty.
        """
        ...

    async def start(self) -> None:
        """Start every process; return when users get answers."""
        ...

    async def stop(self) -> None:
        """End every process."""
        ...

    async def hello(self, made: Callable[[], None]) -> Reply:
        """State, history, events and traces for somebody who joins.

        ``made`` is called at the moment of which it tells: what is told later is not in it.
        """
        ...

    def listen(self, listener: Callable[[str, bytes], None]) -> Callable[[], None]:
        """Have each message handed to ``listener`` as type and JSON; return the way to end it."""
        ...

    async def command(self, command: Mapping[str, object]) -> Reply:
        """Carry out a command; raise CommandError."""
        ...

    async def run(self, title: str) -> bytes:
        """Return all that is recorded of it as a run's file."""
        ...


class Copying(msgspec.Struct, frozen=True):
    """That a lab is to be what its twin is, up to ``at_t`` (null: now), and then be changed."""

    at_t: float | None = None
    change: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Making:
    """What a cluster is to be. ``replay``: what is played again at once, in a virtual one.

    ``beside`` is its twin on this host, whose time is to be its own.
    """

    scenario_name: str
    scenario_text: str
    seed: int | None = None
    body: str = "live"
    replay: Replay = field(default_factory=Replay)
    beside: Running | None = None
    copying: Copying | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Where a host's clusters come from. ``cluster`` raises ScenarioError, CommandError."""

    spawner: Callable[[], Any]
    cluster: Callable[[Making, Any], Running]


def _cluster(making: Making, spawner: Spawner) -> Running:
    if making.body == "virtual":
        return _played(making, spawner)
    scenario = load_scenario(making.scenario_text, making.scenario_name)
    text = making.scenario_text
    return LiveLab(RecordedCluster(scenario, spawner, seed=making.seed, scenario_text=text))


def _played(making: Making, spawner: Spawner) -> Running:
    twin = making.beside if isinstance(making.beside, PlayedCluster) else None
    if making.copying is not None:
        if twin is None:
            raise CommandError("no_twin", "the lab to make a twin of does not run here")
        return twin.copy(making.copying.change, at_t=making.copying.at_t)
    is_there = twin is not None and twin.status == "running"
    player = twin.player if twin is not None and is_there else RemotePlayer(spawner)
    return PlayedCluster(
        player,
        making.scenario_name,
        making.scenario_text,
        seed=making.seed,
        replay=making.replay,
    )


FRONT_DOOR = Door(Spawner, _cluster)


def problem_of(error: CommandError | ScenarioError) -> Problem:
    """What the cluster refused, in the site's own shape."""
    if isinstance(error, CommandError):
        return Problem(
            error.code, error.message, field=error.field or None, hint=error.hint or None
        )
    first = error.diagnostics[0]
    return Problem(
        "bad_scenario",
        f"{first.file}:{first.line}:{first.column}: {first.message}",
        field="scenario",
        hint=first.hint or None,
    )
