"""A live lab with its record: every message with the lab's time, every change with its answer.

::

    command ─▶ RecordedCluster ─▶ Cluster ─▶ messages ─▶ listeners
                    └─ given          └─────▶ Recording ─▶ moment, span, run
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lab.cluster.cluster import Cluster
from lab.cluster.processes.process import Body
from lab.cluster.runs.head import MAX_COMMANDS, Given, Head
from lab.cluster.runs.kept_trace import kept_trace
from lab.cluster.runs.moment import moment
from lab.cluster.runs.paging import page
from lab.cluster.runs.recording import Recording
from lab.cluster.runs.run import MAX_FILE_BYTES, Run, pack
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.sight.audience import Listener
from lab.cluster.steering import commands as c
from lab.cluster.steering.commands import CommandError, parse_command

GIVEN_BYTES = 1 << 20
"""So much of commands is kept, as JSON."""

CHANGES = ("inject_fault", "heal_fault", "set_chain", "set_users", "set_service", "act", "reset")

Plain = dict[str, Any]


class RecordedCluster:
    """The same interface as Cluster, and ``moment``, ``span`` and ``run`` of what was.

    At most MAX_FILE_BYTES are kept (compressed): half an hour of ``toyshop``, in which frames are
    7 kB a second and the spans of kept requests 4. Reading back happens in a thread, since it
    unpacks megabytes.
    """

    def __init__(
        self, scenario: Scenario, body: Body, *, scenario_text: str, seed: int | None = None
    ) -> None:
        self.lab = Cluster(scenario, body, seed=seed)
        self.recording = Recording(MAX_FILE_BYTES)
        self._given: deque[tuple[Given, int]] = deque()
        self._given_bytes = 0
        self._scenario_text = scenario_text
        self.lab.record(lambda kind, body: self.recording.add(self.t, kind, body))

    @property
    def t(self) -> float:
        """The lab's time in seconds."""
        return self.lab.journal.t()

    @property
    def given(self) -> list[Given]:
        """The changes that were asked for, oldest first; of very many the newest."""
        return [given for given, _ in self._given]

    async def start(self) -> None:
        await self.lab.start()

    async def stop(self) -> None:
        await self.lab.stop()

    def hello(self) -> Plain:
        return self.lab.hello()

    def state(self) -> Plain:
        return self.lab.state()

    def listen(self, listener: Listener) -> Callable[[], None]:
        return self.lab.listen(listener)

    async def command(self, fields: Mapping[str, object]) -> Plain:
        """Have the lab obey, and remember it if it is a change. Raises CommandError."""
        match parse_command(fields):
            case c.Moment(t=t):
                return await self.moment(t)
            case c.Span(from_t=from_t, to_t=to_t):
                return await self.span(from_t, to_t)
            case c.ReadTrace(trace=trace) if trace not in self.lab.traces:
                return await self.trace(trace)
            case _:
                return await self._obey(fields)

    async def moment(self, t: float) -> Plain:
        """Return the hello of lab time ``t``. Raises CommandError when it is not kept."""
        try:
            return await asyncio.to_thread(moment, self.recording.copy(), t)
        except LookupError as error:
            raise CommandError("not_kept", str(error), "t", self._kept()) from error

    async def span(self, from_t: float, to_t: float) -> Plain:
        """Return the messages of a stretch of time, page by page (see ``page``)."""
        return await asyncio.to_thread(page, self.recording.copy(), from_t, to_t)

    async def trace(self, trace_id: str) -> Plain:
        """Return a request that the lab itself may have forgotten. Raises CommandError."""
        try:
            return await asyncio.to_thread(kept_trace, self.recording.copy(), trace_id)
        except LookupError as error:
            raise CommandError("unknown_trace", str(error), "trace") from error

    async def run(self, title: str = "") -> bytes:
        """Return the record as a file."""
        return await asyncio.to_thread(pack, Run(self._head(title), self.recording.copy()))

    async def _obey(self, fields: Mapping[str, object]) -> Plain:
        given = Given(self.t, dict(fields))
        try:
            answer = await self.lab.command(fields)
        except CommandError as error:
            self._remember(given, str(error))
            raise
        self._remember(given)
        return answer

    def _remember(self, given: Given, error: str = "") -> None:
        if given.fields.get("command") not in CHANGES:
            return
        kept = Given(given.t, given.fields, error)
        size_bytes = len(msgspec.json.encode(kept))
        self._given.append((kept, size_bytes))
        self._given_bytes += size_bytes
        while self._given_bytes > GIVEN_BYTES or len(self._given) > MAX_COMMANDS:
            self._given_bytes -= self._given.popleft()[1]

    def _head(self, title: str) -> Head:
        return Head(
            scenario_name=self.lab.scenario.name,
            scenario_text=self._scenario_text,
            seed=self.lab.seed,
            body="live",
            to_t=self.recording.to_t,
            commands=self.given,
            digest=self.recording.digest,
            title=title,
        )

    def _kept(self) -> str:
        return f"from {self.recording.from_t:g} to {self.recording.to_t:g} s are kept"
