"""A cluster without processes that keeps the front door's promises (see test_contract.py)."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lab.cluster import CommandError, Given, Replay
from lab.web.door import Door, Making
from tests.web.kept import file_of

READS = ("state", "hello", "events", "traces", "stats", "log", "trace", "moment", "span")
TIMING = ("set_pace", "step")
CHANGES = ("inject_fault", "heal_fault", "set_chain", "set_users", "set_service", "act", "reset")


class FakeSpawner:
    """Starts nothing."""

    def __init__(self) -> None:
        self.is_running = False

    async def start(self) -> None:
        self.is_running = True

    async def stop(self) -> None:
        self.is_running = False


class FakeCluster:
    """Counts changes. ``tick`` makes a frame, ``happen`` an event, as a real one does by itself.

    A virtual one has a pace, and a time that stands still unless a step is made.
    """

    def __init__(self, making: Making) -> None:
        self.making = making
        self.scenario = making.scenario_name
        self.seed = making.seed
        self.body = making.body
        self.pace: dict[str, object] = {"speed": 1.0, "paused": False, "reached_per_s": None}
        self.t = max(2.0, making.replay.to_t)
        self.status = "starting"
        self.changes: list[Mapping[str, object]] = []
        self.events: list[dict[str, Any]] = []
        self.frames = 0
        self.listeners: list[Callable[[str, bytes], None]] = []
        self.faults: dict[str, dict[str, Any]] = {}

    async def start(self) -> None:
        self.status = "running"

    async def stop(self) -> None:
        self.status = "stopped"

    @property
    def replay(self) -> Replay:
        commands = [Given(self.t, dict(change)) for change in self.changes]
        return Replay([*self.making.replay.commands, *commands], self.t)

    def about(self) -> dict[str, Any]:
        pace = self.pace if self.body == "virtual" else None
        return {"body": self.body, "pace": pace, "replaying_to": None, "ended": ""}

    async def hello(self, made: Callable[[], None]) -> dict[str, Any]:
        made()
        return self._hello()

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "state": self.state(),
            "history": {"t": []},
            "events": list(self.events),
            "traces": [],
        }

    def state(self) -> dict[str, Any]:
        instance = {
            "name": "payments-1",
            "service": "payments",
            "zone": "a",
            "pid": 1,
            "port": 41001,
            "state": "up",
            "reason": "started",
            "since_t": 0.5,
            "restarts": 0,
        }
        chain = [{"pattern": "timeout", "enabled": True, "limit_s": 1.0}]
        return {
            "type": "state",
            "version": 1 + len(self.changes),
            "t": self.t,
            "status": self.status,
            "notice": None,
            "scenario": {"name": self.scenario, "seed": self.seed},
            "instances": [instance],
            "workers": [],
            "dependencies": [{"name": "checkout:payments", "chain": chain}],
            "links": [
                {
                    "name": f"checkout-{number}→payments-1",
                    "dependency": "checkout:payments",
                    "port": 42000 + number,
                    "callee": "payments-1",
                }
                for number in (1, 2)
            ],
            "faults": list(self.faults.values()),
        }

    def listen(self, listener: Callable[[str, bytes], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    async def command(self, command: Mapping[str, object]) -> dict[str, Any]:
        name = command.get("command")
        if name in READS:
            return self._read(str(name), command)
        if name in TIMING:
            return self._time(str(name), command)
        if name not in CHANGES:
            raise CommandError("unknown_command", "no such command", "command", ", ".join(CHANGES))
        return self._change(str(name), command)

    async def run(self, title: str) -> bytes:
        return file_of(title=title)

    def tick(self, **more: object) -> None:
        """Make the next frame; every fifth has a row."""
        self.frames += 1
        row = {"t": self.frames / 10} if self.frames % 5 == 0 else None
        self._tell({"type": "frame", "n": self.frames, "row": row, **more})

    def happen(self, text: str) -> None:
        """Make an event."""
        event = {"type": "event", "id": len(self.events) + 1, "text": text}
        self.events.append(event)
        self._tell(event)

    def _read(self, name: str, command: Mapping[str, object]) -> dict[str, Any]:
        known: dict[str, Callable[[], dict[str, Any]]] = {
            "state": self.state,
            "hello": self._hello,
            "moment": self._hello,
            "events": lambda: {"events": self.events},
            "traces": lambda: {"traces": []},
            "stats": lambda: STATS,
            "span": lambda: {"messages": [], "next_t": None},
        }
        if name in known:
            return known[name]()
        match name:
            case "log" if command.get("instance") == "payments-1":
                return {"lines": ["payments-1 serves"]}
            case "log":
                raise CommandError("unknown_instance", "no such instance", "instance", "payments-1")
            case _:
                raise CommandError("unknown_trace", "no such request is kept", "trace")

    def _time(self, name: str, command: Mapping[str, object]) -> dict[str, Any]:
        if self.body == "live":
            raise CommandError("live", "a live lab runs at its own pace", "command")
        if name == "set_pace":
            self.pace |= {"speed": command["speed"], "paused": command["paused"]}
            return self.pace
        self.pace["paused"] = True
        self.t += 0.1
        return {"t": self.t}

    def _change(self, name: str, command: Mapping[str, object]) -> dict[str, Any]:
        fields = {"inject_fault": {"kind", "target"}, "heal_fault": {"fault"}}.get(name, set())
        if missing := fields - command.keys():
            raise CommandError("invalid", "field required", min(missing))
        if name == "heal_fault" and command["fault"] not in self.faults:
            raise CommandError("unknown_fault", "there is no such fault", "fault")
        if name == "inject_fault" and command["target"] != "payments-1":
            raise CommandError(
                "unknown_target", "there is no such target", "target", "did you mean payments-1?"
            )
        self.changes.append(command)
        if name == "inject_fault":
            number = f"f{len(self.changes)}"
            self.faults[number] = {"id": number, "kind": command["kind"]}
            return self.faults[number]
        if name == "set_chain":
            return {"chain": command["chain"]}
        return {"status": self.status}

    def _tell(self, message: dict[str, Any]) -> None:
        for listener in list(self.listeners):
            listener(message["type"], msgspec.json.encode(message))


class FakeDoor:
    """Makes fake clusters and remembers them, the newest last."""

    def __init__(self) -> None:
        self.clusters: list[FakeCluster] = []
        self.spawner = FakeSpawner()

    def door(self) -> Door:
        return Door(lambda: self.spawner, self._cluster)

    @property
    def newest(self) -> FakeCluster:
        return self.clusters[-1]

    def _cluster(self, making: Making, spawner: Any) -> FakeCluster:
        self.clusters.append(FakeCluster(making))
        return self.newest


BREAKER = {
    "state": "open",
    "reason": "6 of 10 calls failed",
    "calls": 10,
    "failures": 6,
    "slow": 0,
    "failure_ratio": 0.6,
    "slow_ratio": 0.0,
    "minimum_calls": 5,
    "counts": {"ok": 4, "failed": 6, "slow": 0, "not_permitted": 3, "ignored": 1},
}
RETRY = {
    "counts": {
        "ok_at_once": 7,
        "ok_after_retry": 2,
        "gave_up_at_once": 0,
        "gave_up_after_retry": 1,
        "retries": 4,
    }
}
BULKHEAD = {"permits": 10, "inside": 4, "queue": 5, "waiting": 2}
RATE_LIMIT = {"state": "free", "tokens": 7.5, "burst": 10}
STATS: dict[str, Any] = {
    "offered_per_s": 40.0,
    "success_ratio": 0.98,
    "p95_ms": 120.5,
    "p99_ms": None,
    "attempts_per_call": {"checkout:payments": 1.2},
    "totals": {
        "users": [10, 0, 0, 0, 0, 0, 0],
        "calls": {
            "checkout:payments": {
                "outcomes": [6, 1, 1, 2, 0, 0, 0],
                "attempts": 12,
                "times": {"0": 4, "50": 6},
            }
        },
        "links": {
            "checkout-1→payments-1": {"outcomes": [4, 0, 0, 0, 0, 0, 0], "times": {"0": 4}},
            "checkout-2→payments-1": {"outcomes": [6, 0, 0, 0, 0, 0, 0], "times": {"50": 6}},
        },
        "bytes": {"checkout-1→payments-1": [1000, 2500]},
    },
    "patterns": {
        "checkout:payments": {
            "checkout-1": {
                "breaker": BREAKER,
                "retry": RETRY,
                "bulkhead": BULKHEAD,
                "rate_limit": RATE_LIMIT,
            }
        }
    },
}
