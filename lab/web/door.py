"""The cluster's front door, as a host uses it; tests hand in another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lab.cluster import (
    CommandError,
    RecordedCluster,
    Scenario,
    ScenarioError,
    Spawner,
    load_scenario,
)
from lab.web.errors import Problem


class ForkServer(Protocol):
    """What starts processes for every cluster of a host."""

    async def start(self) -> None:
        """Start it."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


class Running(Protocol):
    """One lab's cluster."""

    async def start(self) -> None:
        """Start every process; return when users get answers."""
        ...

    async def stop(self) -> None:
        """End every process."""
        ...

    def hello(self) -> dict[str, Any]:
        """State, history, events and traces for somebody who joins."""
        ...

    def state(self) -> dict[str, Any]:
        """All that is not a number of the moment."""
        ...

    def listen(self, listener: Callable[[str, bytes], None]) -> Callable[[], None]:
        """Have each message handed to ``listener`` as type and JSON; return the way to end it."""
        ...

    async def command(self, command: Mapping[str, object]) -> dict[str, Any]:
        """Carry out a command; raise CommandError."""
        ...

    async def run(self, title: str) -> bytes:
        """Return all that is recorded of it as a run's file."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """Where a host's clusters come from.

    ``cluster`` takes scenario, spawner, seed and the scenario's text.
    """

    spawner: Callable[[], Any]
    load: Callable[[str, str], Any]
    cluster: Callable[[Any, Any, int | None, str], Running]


def _cluster(scenario: Scenario, spawner: Spawner, seed: int | None, text: str) -> Running:
    return RecordedCluster(scenario, spawner, seed=seed, scenario_text=text)


FRONT_DOOR = Door(Spawner, load_scenario, _cluster)


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
