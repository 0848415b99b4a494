"""A real lab with everything that it has said, and ways to look at it from outside."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from lab.cluster import Cluster, Scenario, Spawner
from tests.cluster.waiting import until

Plain = dict[str, Any]


class Watched:
    """One lab. Its words: ``do`` a command; ``unit``, ``link``, ``cells`` are what it shows."""

    def __init__(self, lab: Cluster) -> None:
        self.lab = lab
        self.events: list[Plain] = []
        self.states: list[Plain] = []
        self.frames: list[Plain] = []
        self.heads: list[Plain] = []
        self.unwatch = lab.listen(self._hear)

    def _hear(self, kind: str, message: bytes) -> None:
        told = msgspec.json.decode(message)
        assert told["type"] == kind
        match kind:
            case "event":
                self.events.append(told)
            case "state":
                self.states.append(told)
            case "frame":
                self._name(told)
                self.frames.append(told)
                del self.frames[:-300]
            case "traces":
                self.heads += told["traces"]
            case _:
                raise AssertionError(f"nobody expects a {kind}")

    def _name(self, frame: Plain) -> None:
        """Turn the frame's lists into mappings by the names of the newest state."""
        state = self.states[-1] if self.states else self.lab.state()
        for what in ("instances", "links"):
            names = [each["name"] for each in state[what]]
            frame[what] = dict(zip(names, frame[what], strict=True))

    async def do(self, command: str, **fields: object) -> Plain:
        """Have a command obeyed. Raises CommandError."""
        answer: Plain = await self.lab.command({"command": command, **fields})
        return answer

    async def fault(self, kind: str, target: str, **fields: object) -> Plain:
        """Inject a fault; ``params`` and times as in the command."""
        return await self.do("inject_fault", kind=kind, target=target, **fields)

    async def heal(self, fault: Plain) -> Plain:
        """End a fault."""
        return await self.do("heal_fault", fault=fault["id"])

    def kill(self, name: str) -> int:
        """Kill a unit's process behind the lab's back; returns its pid."""
        return self._signal(name, signal.SIGKILL)

    def stop(self, name: str) -> int:
        """Stop a unit's process behind the lab's back."""
        return self._signal(name, signal.SIGSTOP)

    def go_on(self, name: str) -> int:
        """Let it go on."""
        return self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, number: signal.Signals) -> int:
        pid = int(self.unit(name)["pid"])
        os.kill(pid, number)
        return pid

    def units(self) -> dict[str, Plain]:
        """Return all units by name as the state shows them now."""
        state = self.lab.state()
        return {unit["name"]: unit for unit in (*state["instances"], *state["workers"])}

    def unit(self, name: str) -> Plain:
        """Return one of them."""
        return self.units()[name]

    def link(self, name: str) -> Plain:
        """Return one link as the state shows it now."""
        links: list[Plain] = self.lab.state()["links"]
        (found,) = [link for link in links if link["name"] == name]
        return found

    def faults(self) -> list[str]:
        """Return the ids of all faults that are scheduled or active."""
        return [fault["id"] for fault in self.lab.state()["faults"]]

    def cells(self, name: str, frame: Plain | None = None) -> list[Any] | None:
        """Return an instance's cells of a frame (the newest): None is no news from it."""
        cells: list[Any] | None = (frame or self.frames[-1])["instances"].get(name)
        return cells

    def link_counts(self, name: str, frames: list[Plain]) -> list[int]:
        """Return the seven counts of a link, summed over frames."""
        cells = [frame["links"].get(name) for frame in frames]
        counts = [cell[0] for cell in cells if cell]
        return [sum(column) for column in zip([0] * 7, *counts, strict=True)]

    def good_of(self, name: str, frames: list[Plain]) -> int:
        """Return how many requests an instance answered well in these frames."""
        return sum((self.cells(name, frame) or [0] * 5)[3] for frame in frames)

    def user_counts(self, frames: list[Plain]) -> list[int]:
        """Return the users' seven counts, summed over frames."""
        counts = [frame["users"]["outcomes"] for frame in frames]
        return [sum(column) for column in zip([0] * 7, *counts, strict=True)]

    async def next_frames(self, number: int) -> list[Plain]:
        """Wait for so many new frames."""
        first = self.frames[-1]["n"] if self.frames else 0
        await until(lambda: self.frames and self.frames[-1]["n"] >= first + number, "frames")
        return [frame for frame in self.frames if frame["n"] > first]

    async def see(
        self, shown: Callable[[list[Plain]], object], what: str, last: int = 3
    ) -> list[Plain]:
        """Wait until the last few frames from now on show something; return them."""
        first = self.frames[-1]["n"] if self.frames else 0

        def newest() -> list[Plain]:
            return [frame for frame in self.frames[-last:] if frame["n"] > first]

        await until(lambda: newest() and shown(newest()), what)
        return newest()

    async def is_in(self, name: str, state: str, within_s: float = 10.0) -> Plain:
        """Wait until a unit is in a state."""
        await until(lambda: self.unit(name)["state"] == state, f"{name} {state}", within_s)
        return self.unit(name)

    async def event(self, kind: str, subject: str, after: int = 0) -> Plain:
        """Wait for the first event of this kind and subject with an id above ``after``."""

        def found() -> list[Plain]:
            return [
                event
                for event in self.events
                if (event["kind"], event["subject"]) == (kind, subject) and event["id"] > after
            ]

        return (await until(found, f"event {kind} of {subject}"))[0]

    @property
    def last_event(self) -> int:
        """The id of the newest event."""
        return int(self.events[-1]["id"]) if self.events else 0

    async def flows(self) -> None:
        """Wait until all are up and in the balance, and users are served in full."""

        def well() -> bool:
            states = {unit["state"] for unit in self.units().values()}
            ejected = [
                out for each in self.lab.state()["ejected"].values() for out in each.values()
            ]
            users = self.user_counts(self.frames[-3:])
            return states == {"up"} and not any(ejected) and users[0] > 0 and not any(users[1:])

        await until(well, "all up, and users served")


@asynccontextmanager
async def running(
    scenario: Scenario, spawner: Spawner, seed: int | None = None
) -> AsyncIterator[Watched]:
    """Run a lab for a while."""
    lab = Watched(Cluster(scenario, spawner, seed=seed))
    await lab.lab.start()
    try:
        yield lab
    finally:
        await lab.lab.stop()


async def curl(port: int, path: str = "/health", timeout_s: float = 2.0) -> tuple[int, bytes]:
    """Return status and body of a GET, by plain TCP; raises ConnectionError or TimeoutError."""
    async with asyncio.timeout(timeout_s):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
    head, blank, body = answer.partition(b"\r\n\r\n")
    if not blank:
        raise ConnectionResetError(f"the answer ended after {len(answer)} bytes")
    return int(head.split()[1]), body


async def refuses(port: int, within_s: float = 5.0) -> None:
    """Knock until nobody listens any more: links hear of an end a moment after it."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                await curl(port)
            except ConnectionRefusedError:
                return
            except ConnectionError:
                await asyncio.sleep(0.01)


async def answers(port: int, path: str = "/health", within_s: float = 5.0) -> None:
    """Knock until the answer is 200."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                if (await curl(port, path))[0] == 200:
                    return
            except ConnectionError:
                await asyncio.sleep(0.01)
