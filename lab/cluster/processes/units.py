"""What the supervisor knows of one worker: a service instance, the users, or the network."""

import asyncio
import os
import signal
from collections import deque
from enum import StrEnum

from lab.cluster.processes.process import Process
from lab.patterns.supervision import Supervision, SupervisionSettings

LOG_LINES = 200


class UnitState(StrEnum):
    """Where a worker is in its life::

    down ──spawned──▶ starting ──ready──▶ up ──SIGTERM──▶ draining ──▶ down
                                          │ ▲
                                stopped or│ │continued
                                   silent ▼ │
                                         hung            any ──exit──▶ down
    """

    STARTING = "starting"
    UP = "up"
    HUNG = "hung"
    DRAINING = "draining"
    DOWN = "down"


class Unit:
    """One worker and the process that plays it now, if any.

    ``birth`` is held while a process is made, ``awake_as`` is the state to which it returns when
    it goes on after a stop, ``start_s`` is how long its process was meant to take to start,
    ``births`` counts
    its processes since the start or a reset, ``is_known`` says whether its callers may know of it.
    """

    def __init__(
        self, name: str, service: str, zone: str | None, port: int, restart: SupervisionSettings
    ) -> None:
        self.name = name
        self.service = service
        self.zone = zone
        self.port = port
        self.supervision = Supervision(restart)
        self.state = UnitState.DOWN
        self.reason = "not started yet"
        self.since_s = 0.0
        self.restarts = 0
        self.births = 0
        self.retired = False
        self.is_known = True
        self.process: Process | None = None
        self.last_tick_s = 0.0
        self.log: deque[str] = deque(maxlen=LOG_LINES)
        self.held_by: set[str] = set()
        self.frozen_by: set[str] = set()
        self.start_delays_s: dict[str, float] = {}
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.up = asyncio.Event()
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.hurry = asyncio.Event()
        self.birth = asyncio.Lock()
        self.start_s = 0.0
        self.awake_as = UnitState.DOWN

    def change(self, state: UnitState, reason: str, now_s: float) -> None:
        """Enter ``state`` because of ``reason``."""
        if state is UnitState.HUNG and self.state is not UnitState.HUNG:
            self.awake_as = self.state
        self.state, self.reason, self.since_s = state, reason, now_s
        if state is UnitState.UP:
            self.up.set()
        else:
            self.up.clear()

    def hold(self, fault: str) -> None:
        """Forbid starts until ``fault`` lets go."""
        self.held_by.add(fault)
        self.may_start.clear()

    def release(self, fault: str) -> None:
        """Allow starts again if nothing else holds the unit."""
        self.held_by.discard(fault)
        if self.process is None:
            self.start_now()
        elif not self.held_by:
            self.may_start.set()

    def retire(self) -> None:
        """Never start again, whatever held the unit until now."""
        self.retired = True
        self.held_by.clear()
        self.start_now()

    def start_now(self) -> None:
        """Start without waiting for the rest of a backoff, also after giving up."""
        if not self.held_by:
            self.may_start.set()
            self.hurry.set()


def exit_reason(status: int) -> str:
    """Say in words how a process ended, from its wait status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"killed by {signal.Signals(number).name}"
    code = os.waitstatus_to_exitcode(status)
    return "ended by itself" if code == 0 else f"crashed with exit status {code}"
