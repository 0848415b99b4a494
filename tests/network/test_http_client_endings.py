"""How a send ends without an answer, and that nothing of it is left."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.cluster.http.http_client import HttpTransport
from lab.cluster.links.network import Network
from lab.cluster.message import Broken, LinkError, Refused, Request, TimedOut
from tests.network.reaching import GET, OK, Callee, answering, in_flight, reaching
from tests.network.serving import open_files
from tests.network.sockets import until


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


async def test_an_answer_without_end_is_broken_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + bytes(8_900_000)
    async with answering(endless) as callee, reaching(callee.port) as transport:
        with pytest.raises(Broken, match="exceeds 8388608 bytes"):
            await transport.send("a→b", GET, 10.0)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
async def test_a_thousand_sends_of_every_ending_leave_no_file(callee: Callee) -> None:
    """A quarter each is answered, timed out, cancelled and broken, through a link."""
    network = Network(time.monotonic, lambda _: lambda: 0.0)
    port = await network.add("a→b", 0, callee.server.port)
    before = open_files()
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
    await until(lambda: open_files() <= before, "the end of all sockets")


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
