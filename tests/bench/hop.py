"""What one HTTP hop costs in CPU: caller, link and callee, three real processes.

Each process reports its own user and system time (getrusage) before and after a round, so that
waiting costs nothing and other work on the machine little. The floor is the same three processes
carrying the same bytes without HTTP: what sockets and the event loop alone cost.

``python -m tests.bench.hop`` prints a table and takes about ten seconds.
"""

import asyncio
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop

from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.links.network import Network
from lab.cluster.message import Request, Response
from lab.telemetry.outcome import Outcome

ROOT = Path(__file__).parents[2]
ROUNDS = 7
REQUESTS = 2_000
IN_FLIGHT = (1, 4, 16)
LIMIT_S = 120.0
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BODY = b'{"items": [1, 2, 3], "from": "catalog-1"}'
RAW_REQUEST_BYTES = 160
RAW_ANSWER_BYTES = 140

Command = Callable[[list[str]], Awaitable[object]]


def measure() -> dict[str, Any]:
    """Return µs of CPU per hop, the least of 7 rounds of 2,000 requests.

    ``{"http": {"1": {"caller", "link", "callee", "hop"}, "4": …, "16": …}, "floor": same,
    "ratio": {"1": http hop / floor hop, …}}``.
    """
    started_s = time.monotonic()
    callee, link, caller = (Process(role) for role in ("callee", "link", "caller"))
    try:
        ports = callee.ask("ports")
        carried = [link.ask("carry", port) for port in ports]
        caller.ask("reach", *carried)
        result: dict[str, Any] = {"http": {}, "floor": {}, "ratio": {}}
        for in_flight in IN_FLIGHT:
            for kind in ("http", "floor"):
                rounds = []
                for _ in range(ROUNDS):
                    if time.monotonic() - started_s > LIMIT_S:
                        raise TimeoutError(f"hop took more than {LIMIT_S} s")
                    rounds.append(_round(kind, in_flight, caller, link, callee))
                result[kind][str(in_flight)] = _least(rounds)
            http, floor = (result[kind][str(in_flight)]["hop"] for kind in ("http", "floor"))
            result["ratio"][str(in_flight)] = round(http / floor, 2)
        return result
    finally:
        for process in (caller, link, callee):
            process.stop()


def _round(kind: str, in_flight: int, *processes: "Process") -> dict[str, float]:
    caller = processes[0]
    caller.ask(kind, in_flight, REQUESTS // 10)
    before = [process.ask("cpu") for process in processes]
    caller.ask(kind, in_flight, REQUESTS)
    after = [process.ask("cpu") for process in processes]
    costs_us = [(end - start) / REQUESTS * 1e6 for start, end in zip(before, after, strict=True)]
    return {**dict(zip(("caller", "link", "callee"), costs_us, strict=True)), "hop": sum(costs_us)}


def _least(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Take the round with the cheapest hop: what disturbs a measurement only ever adds to it."""
    least = min(rounds, key=lambda one: one["hop"])
    return {key: round(value, 1) for key, value in least.items()}


class Process:
    """A child that obeys one line of JSON at a time."""

    def __init__(self, role: str, module: str = "tests.bench.hop") -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, role],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *command: object) -> Any:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(command) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"the child ended at {command}")
        return json.loads(line)

    def stop(self) -> None:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()


async def obey(commands: dict[str, Callable[..., Awaitable[object]]]) -> None:
    """Do what each line of the standard input says, until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        name, *arguments = json.loads(line)
        print(json.dumps(await commands[name](*arguments)), flush=True)


async def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _callee() -> None:
    async def handle(request: Request) -> Response:
        return Response(200, Outcome.OK, BODY)

    loop = asyncio.get_running_loop()
    server = HttpServer(handle, time.monotonic)
    await server.start(0)
    raw = await loop.create_server(_RawCallee, "127.0.0.1", 0)

    async def ports() -> list[int]:
        return [server.port, raw.sockets[0].getsockname()[1]]

    await obey({"ports": ports, "cpu": cpu})
    raw.close()
    await server.stop(0.0)


async def _link() -> None:
    network = Network(time.monotonic, lambda name: random.Random(name).random)

    async def carry(port: int) -> int:
        return await network.add(f"to {port}", 0, port)

    await obey({"carry": carry, "cpu": cpu})
    await network.close()


async def _caller() -> None:
    loop = asyncio.get_running_loop()
    addresses: dict[str, int] = {}
    transport = HttpTransport(addresses, time.monotonic)
    idle: list[_RawCaller] = []

    async def reach(http_port: int, raw_port: int) -> None:
        addresses.update(http=http_port, raw=raw_port)
        for _ in range(max(IN_FLIGHT)):
            _, one = await loop.create_connection(_RawCaller, "127.0.0.1", raw_port)
            idle.append(one)

    async def call_http() -> None:
        request = Request("GET", "/browse", trace=TRACE, deadline_s=1.0)
        response = await transport.send("http", request, 1.0)
        assert response.body == BODY

    async def call_raw() -> None:
        one = idle.pop()
        await one.call()
        idle.append(one)

    async def http(in_flight: int, requests: int) -> None:
        await load(call_http, in_flight, requests)

    async def floor(in_flight: int, requests: int) -> None:
        await load(call_raw, in_flight, requests)

    await obey({"reach": reach, "http": http, "floor": floor, "cpu": cpu})
    await transport.close()


async def load(call: Callable[[], Awaitable[None]], in_flight: int, requests: int) -> None:
    async def one_after_another() -> None:
        for _ in range(requests // in_flight):
            await call()

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(one_after_another())


class _RawCallee(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"a" * RAW_ANSWER_BYTES)


class _RawCaller(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def call(self) -> asyncio.Future[bytes]:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(b"r" * RAW_REQUEST_BYTES)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.answer.set_result(data)


def main() -> None:
    """Run one of the three processes, or all of them and print what they cost."""
    if len(sys.argv) > 1:
        uvloop.run({"callee": _callee, "link": _link, "caller": _caller}[sys.argv[1]]())
        return
    result = measure()
    print(
        f"{'in flight':>10} {'':>6} {'caller':>8} {'link':>8} {'callee':>8} {'hop':>8}   µs of CPU"
    )
    for in_flight in map(str, IN_FLIGHT):
        for kind in ("http", "floor"):
            row = result[kind][in_flight]
            cells = " ".join(f"{row[key]:8.1f}" for key in ("caller", "link", "callee", "hop"))
            print(f"{in_flight:>10} {kind:>6} {cells}")
        print(f"{'':>10} {'ratio':>6} {result['ratio'][in_flight]:8.2f}")


if __name__ == "__main__":
    main()
