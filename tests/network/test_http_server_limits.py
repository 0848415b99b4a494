"""What our server refuses, bounds and waits for, byte by byte."""

import asyncio
import json

import pytest

from lab.cluster.http.request_reader import Limits
from lab.cluster.message import Request, Response
from lab.telemetry.outcome import Outcome
from tests.network.serving import GET, Shop, exchange, serving, status
from tests.network.sockets import client, until


async def test_too_many_pipelined_requests_stop_the_reading_and_none_is_lost() -> None:
    shop = Shop()
    async with serving(shop.handle, Limits(pipelined=4)) as server, client(server.port) as caller:
        caller.send(GET.replace(b"/browse", b"/wait"))
        await until(lambda: shop.requests)
        for _ in range(50):
            caller.send(GET)
            await asyncio.sleep(0)
        (connection,) = server.connections
        await until(lambda: connection._reading_paused)
        assert connection._transport is not None
        assert not connection._transport.is_reading()
        shop.gate.set()
        await until(lambda: caller.received.count(b"HTTP/1.1 200") == 51)


async def test_a_client_that_does_not_read_is_not_worked_for() -> None:
    big = bytes(1_000_000)
    begun = 0

    async def handle(request: Request) -> Response:
        nonlocal begun
        begun += 1
        return Response(200, Outcome.OK, big)

    async with serving(handle) as server, client(server.port) as caller:
        caller.transport.pause_reading()
        caller.send(GET * 16)
        await until(lambda: server.connections)
        (connection,) = server.connections
        await until(lambda: connection._writing_paused and not server.tasks)
        assert begun < 16
        caller.transport.resume_reading()
        await until(lambda: caller.received.count(b"HTTP/1.1 200") == 16)


@pytest.mark.parametrize(
    ("data", "expected", "words"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "not HTTP/1.1"),
        (b"HELO you\r\n\r\n", 400, "not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "exactly one Host header, got 0"),
        (b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400, "exactly one Host header, got 2"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", 400, "not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 9x\r\n\r\n", 400, "not HTTP/1.1"),
        (
            (
                b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n"
                b"transfer-encoding: chunked\r\n\r\n"
            ),
            400,
            "not HTTP/1.1",
        ),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            400,
            "not HTTP/1.1",
        ),
        (b"GET / HTTP/1.1\r\nhost: x\r\nlab-deadline-s: soon\r\n\r\n", 400, "'soon'"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nlab-deadline-s: nan\r\n\r\n", 400, "'nan'"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nlab-deadline-s: -1\r\n\r\n", 400, "'-1'"),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"b" * 20_000 + b"\r\n\r\n", 431, "16384 bytes"),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 4_000 + b"\r\n", 431, "16384 bytes"),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 431, "16384 bytes"),
        (b"GET /" + b"a" * 20_000, 431, "16384 bytes"),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1048577\r\n\r\n",
            413,
            "1048576 bytes",
        ),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
            b"100001\r\n" + bytes(1_048_577),
            413,
            "1048576 bytes",
        ),
        (b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n", 501, "CONNECT"),
    ],
)
async def test_what_cannot_be_accepted_gets_a_4xx_and_the_end(
    data: bytes, expected: int, words: str
) -> None:
    shop = Shop()
    async with serving(shop.handle) as server:
        answer = await exchange(server.port, data)
        assert status(answer) == expected
        assert b"connection: close\r\n" in answer
        assert words in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["message"]
        assert shop.requests == []


async def test_an_endless_header_line_is_bounded_while_it_comes() -> None:
    """The parser holds an unfinished line back, so its parts must be counted on arrival."""
    async with serving(Shop().handle) as server, client(server.port) as caller:
        caller.send(b"GET / HTTP/1.1\r\nhost: x\r\nendless: ")
        for _ in range(40):
            caller.send(b"a" * 1_000)
            await asyncio.sleep(0.001)
        await until(lambda: caller.received)
        assert status(bytes(caller.received)) == 431


async def test_an_error_waits_for_the_answers_before_it() -> None:
    shop = Shop()
    async with serving(shop.handle) as server, client(server.port) as caller:
        caller.send(GET.replace(b"/browse", b"/wait") + b"nonsense\r\n\r\n")
        await until(lambda: shop.requests)
        assert not caller.received
        shop.gate.set()
        await caller.closed()
        first, second = bytes(caller.received).split(b"HTTP/1.1 ")[1:]
        assert (first[:3], second[:3]) == (b"200", b"400")


async def test_the_client_reads_the_413_although_it_goes_on_sending() -> None:
    async with serving(Shop().handle) as server, client(server.port) as caller:
        caller.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\n\r\n")
        for _ in range(50):
            caller.send(bytes(50_000))
            await asyncio.sleep(0)
        await caller.closed()
        assert caller.error is None
        assert status(bytes(caller.received)) == 413


async def test_connections_are_bounded() -> None:
    two = Limits(connections=2)
    async with serving(Shop().handle, two) as server, client(server.port), client(server.port):
        await until(lambda: len(server.connections) == 2)
        async with client(server.port) as third:
            await third.closed()
        assert len(server.connections) == 2
