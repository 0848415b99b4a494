"""Our transport against our server, and against servers that misbehave."""

import asyncio
import gc
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lab.cluster.http_client import HttpTransport
from lab.cluster.http_server import HttpServer
from lab.cluster.message import Broken, LinkError, Refused, Request, Response, TimedOut
from lab.cluster.network import Network
from lab.telemetry.outcome import Outcome
from tests.network.sockets import Peer, Upstream, until, upstream

GET = Request("GET", "/browse")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Callee:
    """A server whose answers are set from outside; ``/wait`` waits for the gate."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.cancelled = 0
        self.answer = Response(200, Outcome.OK, b"{}")
        self.gate = asyncio.Event()
        self.server = HttpServer(self.handle, time.monotonic)

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        try:
            if request.path == "/wait":
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.answer


@pytest.fixture
async def callee() -> AsyncIterator[Callee]:
    callee = Callee()
    await callee.server.start(0)
    yield callee
    await callee.server.stop(0.0)


@asynccontextmanager
async def reaching(
    port: int, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[HttpTransport]:
    """A transport that, at the end, has left no task and no unretrieved exception."""
    complaints: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    transport = HttpTransport({"a→b": port}, clock)
    try:
        yield transport
    finally:
        await transport.close()
        gc.collect()
        await asyncio.sleep(0)
        assert complaints == []
        assert transport._open == set()
        assert sum(transport.in_flight.values()) == 0


async def in_flight(transport: HttpTransport, count: int) -> None:
    await until(lambda: transport.in_flight.get("a→b") == count, f"{count} in flight")


async def test_a_request_and_its_answer_keep_all_they_have(callee: Callee) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    callee.answer = Response(503, Outcome.SHED, b'{"a": 1}', 0.25, "queue of a→b full: 100 %")
    request = Request("POST", "/buy?n=2", trace, None, "critical", b'{"n": 2}')
    async with reaching(callee.server.port) as transport:
        assert await transport.send("a→b", request, 1.0) == callee.answer
        assert callee.requests == [request]


async def test_the_deadline_is_handed_down_less_the_time_of_connecting(callee: Callee) -> None:
    now_s = [0.0]

    def clock() -> float:
        now_s[0] += 0.5
        return now_s[0]

    callee.server.clock = lambda: 0.0
    async with reaching(callee.server.port, clock) as transport:
        for _ in range(2):
            await transport.send("a→b", Request("GET", "/", deadline_s=2.0), None)
        assert [request.deadline_s for request in callee.requests] == [1.5, 2.0]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.OK),
        (404, Outcome.FAILED),
        (429, Outcome.SHED),
        (500, Outcome.FAILED),
        (503, Outcome.SHED),
        (504, Outcome.TIMED_OUT),
    ],
)
async def test_a_server_that_is_not_ours_is_judged_by_its_status(
    status: int, outcome: Outcome
) -> None:
    answer = OK.replace(b"200 OK", b"%d X\r\nretry-after: 3" % status)
    async with answering(answer) as callee, reaching(callee.port) as transport:
        response = await transport.send("a→b", GET, 1.0)
        assert (response.status, response.outcome) == (status, outcome)
        assert response.retry_after_s == 3.0


@asynccontextmanager
async def answering(data: bytes, *, then_close: bool = False) -> AsyncIterator[Upstream]:
    """A callee that answers each chunk with these bytes, whatever it asks."""

    def answer(peer: Peer) -> None:
        peer.send(data)
        if then_close:
            peer.transport.close()

    async with upstream(answer=answer) as callee:
        yield callee


async def test_one_after_another_share_a_connection(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        for _ in range(20):
            await transport.send("a→b", GET, 1.0)
        assert transport.idle("a→b") == 1
        assert len(callee.server.connections) == 1


async def test_as_many_connections_as_are_in_flight_and_64_stay_idle(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        wait = Request("GET", "/wait")
        async with asyncio.TaskGroup() as group:
            for _ in range(80):
                group.create_task(transport.send("a→b", wait, 10.0))
            await in_flight(transport, 80)
            await until(lambda: len(callee.requests) == 80)
            assert len(callee.server.connections) == 80
            callee.gate.set()
        assert transport.idle("a→b") == 64
        await until(lambda: len(callee.server.connections) == 64)
        assert transport.in_flight == {"a→b": 0}


async def test_nobody_listening_is_refused_and_definite() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with reaching(nobody.getsockname()[1]) as transport:
            with pytest.raises(Refused, match="a→b: no connection") as caught:
                await transport.send("a→b", GET, 1.0)
            assert caught.value.definite


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "ended before the answer"),
        (b"HTTP/1.1 200 OK\r\ncontent-le", "ended before the answer"),
        (OK[:-1], "ended before the answer"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", "ended before the answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP/1.1"),
    ],
)
async def test_an_end_before_the_whole_answer_is_broken_and_not_definite(
    answer: bytes, words: str
) -> None:
    async with (
        answering(answer, then_close=True) as callee,
        reaching(callee.port) as transport,
    ):
        with pytest.raises(Broken, match=words) as caught:
            await transport.send("a→b", GET, 5.0)
        assert not caught.value.definite
        assert transport.idle("a→b") == 0


async def test_a_reset_is_broken() -> None:
    network = Network(time.monotonic, lambda _: lambda: 0.0)
    async with answering(OK) as callee:
        port = await network.add("a→b", 0, callee.port)
        network.add_toxic("a→b", {"type": "reset_peer"})
        async with reaching(port) as transport:
            with pytest.raises(Broken, match="reset"):
                await transport.send("a→b", GET, 5.0)
        await network.close()


async def test_no_answer_in_time_is_timed_out_and_stops_the_callee(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        with pytest.raises(TimedOut, match=r"a→b: no answer within 0\.050 s"):
            await transport.send("a→b", Request("GET", "/wait"), 0.05)
        await until(lambda: callee.cancelled == 1)
        assert transport.idle("a→b") == 0
        await transport.send("a→b", GET, 1.0)


async def test_connecting_counts_against_the_same_time(full_backlog: int) -> None:
    async with reaching(full_backlog) as transport:
        with pytest.raises(TimedOut, match=r"a→b: no connection within 0\.050 s"):
            await transport.send("a→b", GET, 0.05)


async def test_a_cancelled_connecting_is_a_cancellation(full_backlog: int) -> None:
    async with reaching(full_backlog) as transport:
        sending = asyncio.get_running_loop().create_task(transport.send("a→b", GET, 30.0))
        await in_flight(transport, 1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_a_timeout_from_outside_while_connecting_is_not_swallowed(
    full_backlog: int,
) -> None:
    """Both are due at once; whichever comes first, the outer one must be seen."""

    async def send_and_go_on(transport: HttpTransport) -> None:
        async with asyncio.timeout(0.05):
            try:
                await transport.send("a→b", GET, 0.05)
            except TimedOut:
                await asyncio.sleep(30.0)

    async with reaching(full_backlog) as transport:
        with pytest.raises(TimeoutError):
            await send_and_go_on(transport)


@pytest.fixture
def full_backlog() -> Iterator[int]:
    """A port that listens, but whose kernel takes no more connections."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
            waiting.append(sock)
        yield listener.getsockname()[1]
        for sock in waiting:
            sock.close()


async def test_no_time_left_sends_nothing(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        with pytest.raises(TimedOut, match="no time was left"):
            await transport.send("a→b", GET, 0.0)
        assert not callee.server.connections


async def test_a_cancelled_send_closes_its_connection_and_stops_the_callee(
    callee: Callee,
) -> None:
    async with reaching(callee.server.port) as transport:
        sending = asyncio.get_running_loop().create_task(
            transport.send("a→b", Request("GET", "/wait"), 30.0)
        )
        await until(lambda: callee.requests)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await until(lambda: callee.cancelled == 1)
        await until(lambda: not callee.server.connections)
        assert transport.idle("a→b") == 0


async def test_a_send_cancelled_with_its_answer_in_hand_spoils_no_other(callee: Callee) -> None:
    """The answer is there and the task not yet awake: its connection must not be used again."""
    async with reaching(callee.server.port) as transport:
        sending = asyncio.get_running_loop().create_task(
            transport.send("a→b", Request("GET", "/wait"), 30.0)
        )
        await until(lambda: callee.requests)
        (connection,) = transport._open
        finish = connection._finish

        def finish_and_cancel() -> None:
            finish()
            sending.cancel()

        connection._finish = finish_and_cancel  # type: ignore[method-assign]
        callee.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await transport.send("a→b", GET, 5.0)
        await until(lambda: transport._open and connection not in transport._open)


async def test_an_idle_connection_that_was_closed_is_replaced_not_tried(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        await transport.send("a→b", GET, 1.0)
        for connection in [*callee.server.connections]:
            connection.abort()
        await until(lambda: transport.idle("a→b") == 0, "the notice of the end")
        await transport.send("a→b", GET, 1.0)
        assert len(callee.requests) == 2


async def test_a_request_that_was_written_is_never_sent_again() -> None:
    """A callee that dies of a request must not get it twice behind the caller's back."""

    def answer_once(peer: Peer) -> None:
        if len(peer.chunks) == 1:
            peer.send(OK)
        else:
            peer.transport.abort()

    async with upstream(answer=answer_once) as callee, reaching(callee.port) as transport:
        await transport.send("a→b", GET, 1.0)
        with pytest.raises(Broken):
            await transport.send("a→b", GET, 1.0)
        assert len(callee.peers) == 1


async def test_connection_close_and_bytes_that_nobody_asked_for_end_a_connection() -> None:
    for answer in (OK.replace(b"OK\r\n", b"OK\r\nconnection: close\r\n"), OK + b"more"):
        async with answering(answer) as callee, reaching(callee.port) as transport:
            for _ in range(2):
                await transport.send("a→b", GET, 1.0)
            assert len(callee.peers) == 2


async def test_an_interim_answer_is_not_the_answer() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    async with answering(interim + OK) as callee, reaching(callee.port) as transport:
        assert (await transport.send("a→b", GET, 1.0)).status == 200


async def test_an_answer_to_head_has_no_body(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        assert (await transport.send("a→b", Request("HEAD", "/"), 1.0)).body == b""
        assert (await transport.send("a→b", GET, 1.0)).body == b"{}"


async def test_an_answer_without_end_is_broken_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + bytes(8_900_000)
    async with answering(endless) as callee, reaching(callee.port) as transport:
        with pytest.raises(Broken, match="exceeds 8388608 bytes"):
            await transport.send("a→b", GET, 10.0)


@pytest.mark.parametrize(
    "request_", [Request("GET", "/a b"), Request("GET", "/\r\nx: y"), Request("get it", "/")]
)
async def test_what_is_not_a_request_is_not_sent(callee: Callee, request_: Request) -> None:
    async with reaching(callee.server.port) as transport:
        with pytest.raises(ValueError, match="cannot send"):
            await transport.send("a→b", request_, 1.0)
        with pytest.raises(KeyError):
            await transport.send("a→c", GET, 1.0)


async def test_close_breaks_what_is_in_flight_and_refuses_what_comes(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_failure(transport, Request("GET", "/wait")))
            await until(lambda: callee.requests)
            await transport.close()
        assert isinstance(sending.result(), Broken)
        assert isinstance(await _failure(transport, GET), Refused)


async def _failure(transport: HttpTransport, request: Request) -> LinkError | None:
    try:
        await transport.send("a→b", request, 30.0)
    except LinkError as error:
        return error
    return None


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
async def test_a_thousand_sends_of_every_ending_leave_no_file(callee: Callee) -> None:
    """A quarter each is answered, timed out, cancelled and broken, through a link."""
    network = Network(time.monotonic, lambda _: lambda: 0.0)
    port = await network.add("a→b", 0, callee.server.port)
    before = _open_files()
    async with reaching(port) as transport:
        for number in range(250):
            await transport.send("a→b", GET, 5.0)
            sending = asyncio.get_running_loop().create_task(
                transport.send("a→b", Request("GET", "/wait"), 30.0)
            )
            await until(lambda number=number: len(callee.requests) > 3 * number + 1)  # type: ignore[misc]
            sending.cancel()
            await asyncio.wait([sending])
            with pytest.raises(TimedOut):
                await transport.send("a→b", Request("GET", "/wait"), 0.001)
            network.add_toxic("a→b", {"type": "limit_data", "attributes": {"bytes": 9}})
            with pytest.raises(Broken):
                await transport.send("a→b", GET, 5.0)
            network.remove_toxic("a→b", "limit_data_downstream")
            callee.requests[3 * number + 2 :] = [GET]
    await network.close()
    await until(lambda: not callee.server.connections, "the end of all connections")
    await until(lambda: _open_files() <= before, "the end of all sockets")


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a Path would open a file to count
