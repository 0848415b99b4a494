"""One lab, whatever its processes are made of: real ones, or virtual ones in virtual time.

::

    command ─▶ Steering ─▶ Injector, Supervisor ─▶ workers
    listeners ◀─ state, event, frame, traces ◀─ Cluster ◀─ ticks, events, exits ◀─ workers
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from lab.cluster.beat import until_beat_s
from lab.cluster.processes.process import Body
from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit, UnitState
from lab.cluster.processes.wire import Counted, FromWorker, Happened, Spans
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.scenarios.wanted import Wanted
from lab.cluster.sight import view
from lab.cluster.sight.audience import Audience, Listener
from lab.cluster.sight.ejections import Ejections
from lab.cluster.sight.journal import Journal
from lab.cluster.sight.kept_spans import KeptSpans
from lab.cluster.sight.totals import Totals
from lab.cluster.sight.traces import Traces, plain_head
from lab.cluster.specs import FaultSpec, WorkerSpec
from lab.cluster.steering.act import Stage
from lab.cluster.steering.aim import Range
from lab.cluster.steering.commands import CommandError, Look, parse_command
from lab.cluster.steering.crew import BOOT, Crew
from lab.cluster.steering.injector import Injector
from lab.cluster.steering.staffing import Staffing
from lab.cluster.steering.steering import Steering
from lab.patterns.parameters import plain
from lab.telemetry.frame import FrameTopology, Merger
from lab.telemetry.frame import encode as encode_frame
from lab.telemetry.history import History
from lab.telemetry.tick import Tick

FRAME_S = 0.1
FRAME_LAG_S = 0.02
"""Ticks are sent on the tenth; a frame is made a little later, when they have arrived."""

SILENT_S = 1.0
BOOT_WITHIN_S = 3.0
START_WITHIN_S = 15.0

Plain = dict[str, Any]


class _Ended(Exception):
    """Leaves the lab's task group when it is stopped."""


class Cluster:
    """One lab. ``start`` it, ``command`` it, ``listen`` to it, ``stop`` it."""

    def __init__(self, scenario: Scenario, body: Body, *, seed: int | None = None) -> None:
        """Make a lab of ``body``: a Spawner (live), or a VirtualMachine inside a virtual loop.

        Raises ValueError for a scenario that is too large for the body.
        """
        self.scenario = scenario
        self.limits = body.limits
        if not self.limits.allow(len(scenario.instances()), len(scenario.links())):
            raise ValueError(f"{scenario.name} is too large: at most {self.limits}")
        self.seed = scenario.seed if seed is None else seed
        self.status = "starting"
        self.notice: str | None = None
        self._clock = body.clock
        self._began_s = self._clock()
        self._supervisor = Supervisor(body, self)
        self.crew = Crew(self._supervisor, Wanted(scenario), self.seed)
        self.journal = Journal(self._clock, self._publish_event)
        self.history = History()
        self.traces = Traces()
        self.totals = Totals()
        self._merger = Merger(FrameTopology((), (), (), ()))
        self.audience = Audience(self.state)
        self._kept_spans = KeptSpans(self.traces, self.audience, self._ask_for_spans)
        self.ejections = Ejections()
        self._injector: Injector | None = None
        self._staffing: Staffing | None = None
        self._steering: Steering | None = None
        self._root: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[None] | None = None
        self._ending = asyncio.Event()

    async def start(self) -> None:
        """Start every worker; returns when users' requests flow, or raises what prevented it."""
        loop = asyncio.get_running_loop()
        self._ready = loop.create_future()
        self._root = loop.create_task(self._run())
        await asyncio.wait({self._root, self._ready}, return_when=asyncio.FIRST_COMPLETED)
        if self._root.done():
            self._root.result()

    async def stop(self) -> None:
        """End every worker and give the ports back; idempotent."""
        self._ending.set()
        if self._root is not None:
            await asyncio.wait({self._root})

    def hello(self) -> Plain:
        """Return what somebody who joins now needs: state, history, events, requests."""
        return {
            "type": "hello",
            "state": self.state(),
            "history": self.history.columns(),
            "events": self.history.events,
            "traces": self.traces.list(self.journal.t),
        }

    def state(self) -> Plain:
        """Return everything about the lab that is not a number of the moment."""
        wanted = self.crew.wanted
        instances, workers = view.units(self.crew, self._began_s)
        return {
            "type": "state",
            "version": self.audience.version,
            "t": self.journal.t(),
            "status": self.status,
            "notice": self.notice,
            "scenario": view.scenario(wanted, self.seed),
            "zones": list(self.scenario.zones),
            "services": view.services(wanted),
            "instances": instances,
            "workers": workers,
            "dependencies": view.dependencies(wanted),
            "links": self.crew.links.plain(),
            "users": view.users(wanted),
            "faults": [fault.plain() for fault in self._faults()],
            "ejected": self.ejections.plain(),
        }

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(type, JSON)`` for every message; returns what ends it."""
        return self.audience.join(listener)

    def record(self, listener: Listener) -> Callable[[], None]:
        """The same for a record; it is also told the spans of kept requests ("spans")."""
        return self.audience.record(listener)

    async def command(self, fields: Mapping[str, object]) -> Plain:
        """Obey one command. Raises CommandError, and then nothing has changed."""
        command = parse_command(fields)
        if self.status not in ("running", "resetting"):
            raise CommandError("not_running", f"the lab is {self.status}", "", "start it again")
        assert self._steering is not None
        return await self._steering.obey(command)

    def look(self, command: Look) -> Plain:
        """Tell what is known just now, without any time passing. Raises CommandError."""
        assert self._steering is not None
        return self._steering.look(command)

    # What the supervisor asks and tells.

    def spec_of(self, unit: Unit) -> WorkerSpec:
        """Return what a new process of this unit is to be, with the faults it must act out."""
        acted = self._injector.acted_by(unit) if self._injector is not None else []
        faults = [FaultSpec(f.id, f.kind.kind, plain(f.settings), f.aim.target) for f in acted]
        return self.crew.spec_of(unit, faults)

    def received(self, unit: Unit, message: FromWorker) -> None:
        """Take what a worker tells."""
        if isinstance(message, Counted):
            self._count(unit, message.tick)
        elif isinstance(message, Spans):
            self.traces.add(message.spans)
        elif isinstance(message, Happened):
            self._happened(unit, message)

    def changed(self, unit: Unit, kind: str) -> None:
        """Tell of a change of a unit, and act on what follows from it."""
        self.journal.add(kind, unit.name, f"{unit.name} {unit.reason}")
        if kind == "process_up":
            self.crew.links.listens(unit.name, up=True)
            if self._staffing is not None and not unit.is_known:
                self._staffing.introduce(unit)
            self._boot()
        elif kind == "process_exit":
            self.crew.links.listens(unit.name, up=False)
            self.ejections.forget_caller(unit.name)
            if self._injector is not None:
                self._injector.ended_with(unit)
        self.touch()

    def touch(self) -> None:
        """Send the state soon."""
        self.audience.touch()

    # The life of the lab.

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                stage = Stage(self._supervisor, self.crew.links, self.crew.network, group)
                self._injector = Injector(stage, self.journal, self._range, self.touch)
                self._staffing = Staffing(self, self._supervisor, group)
                self._steering = Steering(self, self._injector, self._supervisor, self._staffing)
                self.crew.users.hold(BOOT)
                self.crew.hire()
                self.arrange()
                for unit in self.crew:
                    group.create_task(self._supervisor.keep(unit))
                group.create_task(self._frames())
                group.create_task(self._open(self._steering))
                await self._ending.wait()
                self.enter("stopping")
                await self._stop_units()
                raise _Ended
        except* _Ended:
            self.enter("stopped")
        except* Exception as broken:
            self.notice = f"the lab broke: {broken.exceptions[0]!r}"
            self.enter("broken")
            await self._stop_units()
            raise
        finally:
            self._kept_spans.close()
            self.crew.release()

    async def _open(self, steering: Steering) -> None:
        """Let the users in when all serve (or are late), then begin the scenario's faults."""
        await self.booted()
        for fault in self.scenario.faults:
            await steering.schedule(fault)

    async def booted(self) -> None:
        """Wait until the users' requests flow. Raises CommandError when they never do."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(BOOT_WITHIN_S, self.crew.users.release, BOOT)
        limit_s = self._clock() + START_WITHIN_S
        try:
            while self.crew.users.state is not UnitState.UP:
                if self._clock() > limit_s:
                    why = f"the users did not start: {self.crew.users.reason}"
                    raise CommandError("not_started", why, "", "stop the lab and start it again")
                await asyncio.sleep(0.01)
        finally:
            late.cancel()
        self.enter("running")
        assert self._ready is not None
        if not self._ready.done():
            self._ready.set_result(None)

    def _boot(self) -> None:
        serving = (*self.crew.instances.values(), self.crew.network)
        if all(unit.state is UnitState.UP for unit in serving):
            self.crew.users.release(BOOT)

    async def _stop_units(self) -> None:
        async with asyncio.TaskGroup() as group:
            for unit in self.crew:
                group.create_task(self._supervisor.stop(unit))

    def enter(self, status: str) -> None:
        """Enter a status of the lab, and tell of it."""
        self.status = status
        self.journal.add("lab", self.scenario.name, f"the lab is {status}")
        self.touch()

    # What is seen of it.

    def arrange(self) -> None:
        """Order the frames by the units and links that there are now."""
        self._merger.arrange(
            FrameTopology(
                tuple(self.crew.instances),
                tuple(self.crew.links.links),
                tuple(self.crew.wanted.dependencies),
                tuple(self.crew.wanted.services),
            )
        )
        self.touch()

    def _count(self, unit: Unit, tick: Tick) -> None:
        unit.last_tick_s = self._clock()
        if unit.state is UnitState.HUNG and unit.process and not unit.process.is_stopped.is_set():
            unit.change(UnitState.UP, "reports again", self._clock())
            self.touch()
        self._merger.add(tick)
        self.totals.add(tick)
        if tick.kept:
            self.traces.keep(tick.kept)
            heads = [plain_head(head, self.journal.t) for head in tick.kept]
            self.audience.send({"type": "traces", "traces": heads})
            self._kept_spans.keep([head.trace_id for head in tick.kept])

    async def collect(self, trace_ids: list[str]) -> None:
        """Ask every worker that can answer for what it still holds of these requests."""
        await self._supervisor.have(self._span_holders(), "spans", {"traces": trace_ids})

    def _ask_for_spans(self, trace_ids: list[str]) -> None:
        for unit in self._span_holders():
            self._supervisor.tell(unit, "spans", {"traces": trace_ids})

    def _span_holders(self) -> list[Unit]:
        return [u for u in self.crew if u is not self.crew.network and u.state is UnitState.UP]

    def _happened(self, unit: Unit, message: Happened) -> None:
        if message.kind == "draining":
            unit.change(UnitState.DRAINING, message.text, self._clock())
        if message.kind in ("health", "outlier"):
            self._judged(unit.name, message)
        self.journal.add(
            message.kind, message.subject, message.text,
            by=unit.name, detail=message.detail, at_s=message.at_s,
        )  # fmt: skip
        self.touch()

    def _judged(self, caller: str, message: Happened) -> None:
        """Note what a caller thinks of an instance; one that is no more is out of nothing."""
        instance, healthy = message.subject, message.detail["healthy"]
        gone = instance not in self.crew.instances
        self.ejections.told(message.detail["dependency"], caller, instance, healthy or gone)

    async def _frames(self) -> None:
        n = 0
        while True:
            now_s = self._clock()
            await asyncio.sleep(until_beat_s(now_s, FRAME_S, FRAME_LAG_S))
            n += 1
            now_s = self._clock()
            self._find_silent(now_s)
            frame = self._merger.frame(n, self.journal.t(now_s), now_s)
            self.totals.see(frame)
            if frame.row is not None:
                self.history.add_row(frame.row)
            self.audience.catch_up()  # a frame is in the order of the newest state
            if self.audience:
                self.audience.send_encoded("frame", encode_frame(frame))

    def _find_silent(self, now_s: float) -> None:
        for unit in self.crew:
            if unit.state is UnitState.UP and now_s - unit.last_tick_s > SILENT_S:
                unit.change(UnitState.HUNG, f"silent for {SILENT_S:g} s", now_s)
                self.journal.add("process_silent", unit.name, f"{unit.name} {unit.reason}")
                self.touch()

    def _publish_event(self, event: Plain) -> None:
        self.history.add_event(event)
        self.audience.send(event)

    def _faults(self) -> list[Any]:
        return [] if self._injector is None else list(self._injector.faults.values())

    def _range(self) -> Range:
        units = self.crew.by_name()
        return Range(self.crew.wanted, units, list(self.crew.links.links.values()))
