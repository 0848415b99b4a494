"""Our server, spoken to byte by byte, and by curl."""

import asyncio
import logging
import shutil
import time
from pathlib import Path

import pytest

from lab.cluster.http.http_server import HttpServer
from lab.cluster.message import Request, Response
from lab.telemetry.outcome import Outcome
from tests.network.serving import GET, TRACE, Shop, exchange, open_files, serving, status
from tests.network.sockets import client, until


async def test_a_request_is_understood_with_all_its_headers() -> None:
    shop = Shop()
    stopped = serving(shop.handle, clock=lambda: 1.0)
    async with stopped as server, client(server.port) as caller:
        head = (
            f"POST /buy?n=2 HTTP/1.1\r\nHost: x\r\ntraceparent: {TRACE}\r\nLab-Deadline-S: 1.5\r\n"
            "lab-priority: critical\r\ncontent-length: 7\r\n\r\n"
        )
        caller.send(head.encode() + b'{"a":1}')
        await until(lambda: b'"/buy?n=2"' in caller.received)
        assert shop.requests == [Request("POST", "/buy?n=2", TRACE, 1.5, "critical", b'{"a":1}')]
        assert bytes(caller.received) == (
            b"HTTP/1.1 200 OK\r\nlab-outcome: ok\r\ncontent-type: application/json\r\n"
            b'content-length: 10\r\n\r\n"/buy?n=2"'
        )


@pytest.mark.parametrize("size_bytes", [1, 2, 7, 50])
async def test_a_request_may_come_in_pieces(size_bytes: int) -> None:
    shop = Shop()
    data = (
        b"POST /a/long/path HTTP/1.1\r\nhost: x\r\nlab-priority: critical\r\n"
        b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    )
    async with serving(shop.handle) as server, client(server.port) as caller:
        for start in range(0, len(data), size_bytes):
            caller.send(data[start : start + size_bytes])
            await asyncio.sleep(0)
        await until(lambda: caller.received)
        expected = Request("POST", "/a/long/path", "", None, "critical", b"hello world")
        assert shop.requests == [expected]


async def test_pipelined_requests_are_answered_in_order_one_at_a_time() -> None:
    shop = Shop()
    async with serving(shop.handle) as server, client(server.port) as caller:
        caller.send(GET.replace(b"/browse", b"/wait") + GET + GET.replace(b"/browse", b"/last"))
        await until(lambda: shop.requests)
        await asyncio.sleep(0)
        assert [request.path for request in shop.requests] == ["/wait"]
        shop.gate.set()
        await until(lambda: caller.received.count(b"HTTP/1.1 200") == 3)
        places = [caller.received.index(path) for path in (b'"/wait"', b'"/browse"', b'"/last"')]
        assert places == sorted(places)


async def test_the_wait_behind_another_request_shortens_the_deadline() -> None:
    shop = Shop()
    now_s = [100.0]
    second = b"GET /second HTTP/1.1\r\nhost: x\r\nlab-deadline-s: 2.0\r\n\r\n"
    async with (
        serving(shop.handle, clock=lambda: now_s[0]) as server,
        client(server.port) as caller,
    ):
        caller.send(GET.replace(b"/browse", b"/wait") + second)
        await until(lambda: shop.requests)
        now_s[0] += 0.5
        shop.gate.set()
        await until(lambda: len(shop.requests) == 2)
        assert shop.requests[1].deadline_s == 1.5


@pytest.mark.parametrize("leave", ["close", "abort", "write_eof"])
async def test_the_handler_is_cancelled_when_its_client_goes_away(leave: str) -> None:
    shop = Shop()
    async with serving(shop.handle) as server, client(server.port) as caller:
        caller.send(GET.replace(b"/browse", b"/wait") + GET)
        await until(lambda: shop.requests)
        getattr(caller.transport, leave)()
        await until(lambda: shop.cancelled)
        await until(lambda: not server.connections)
        assert server.in_flight == 0
        assert len(shop.requests) == 1, "what was waiting is not begun"


async def test_a_handler_cancelled_before_its_first_step_is_forgotten() -> None:
    shop = Shop()
    async with serving(shop.handle) as server:
        async with client(server.port):
            await until(lambda: server.connections)
            (connection,) = server.connections
            connection.data_received(GET)
            connection.connection_lost(None)
            await until(lambda: server.in_flight == 0)
        assert shop.requests == []


async def test_the_absolute_form_and_old_and_upgrading_clients_are_served() -> None:
    shop = Shop()
    async with serving(shop.handle) as server, client(server.port) as caller:
        caller.send(
            b"GET http://shop.example/a?b HTTP/1.1\r\nhost: x\r\n\r\n"
            b"GET /up HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"
            b"GET /keep HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"
            b"GET /old HTTP/1.0\r\n\r\n"
        )
        await caller.closed()
        paths = [request.path for request in shop.requests]
        assert paths == ["/a?b", "/up", "/keep", "/old"]
        answers = bytes(caller.received).split(b"HTTP/1.1 ")[1:]
        assert [b"connection: keep-alive" in answer for answer in answers] == [False] * 2 + [
            True,
            False,
        ]
        assert b"connection: close" in answers[-1]


async def test_head_has_the_length_and_no_body_and_204_has_neither() -> None:
    async def handle(request: Request) -> Response:
        return Response(204 if request.path == "/none" else 200, Outcome.OK, b"12345")

    async with serving(handle) as server:
        for head, expected in (
            (b"HEAD / HTTP/1.1", b"content-length: 5\r\n\r\n"),
            (b"GET /none HTTP/1.1", b"lab-outcome: ok\r\nconnection: close\r\n\r\n"),
        ):
            answer = await exchange(server.port, head + b"\r\nhost: x\r\nconnection: close\r\n\r\n")
            assert answer.endswith(expected)


async def test_a_client_that_asks_is_told_to_continue() -> None:
    shop = Shop()
    async with serving(shop.handle) as server, client(server.port) as caller:
        caller.send(
            b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
        )
        await caller.got(b"HTTP/1.1 100 Continue\r\n\r\n")
        caller.send(b"ok")
        await until(lambda: shop.requests)
        assert shop.requests[0].body == b"ok"


async def test_a_handler_that_fails_is_logged_and_answered_with_500(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handle(request: Request) -> Response:
        raise ZeroDivisionError("by a bug")

    async with serving(handle) as server, client(server.port) as caller:
        with caplog.at_level(logging.ERROR):
            caller.send(GET)
            await until(lambda: caller.received)
        assert status(bytes(caller.received)) == 500
        assert "the handler of GET /browse failed" in caplog.text
        assert "by a bug" in caplog.text
        caller.received.clear()
        caller.send(GET)
        await until(lambda: caller.received)
        assert not caller.ended, "the connection goes on"


async def test_stop_drains_what_runs_and_refuses_what_comes() -> None:
    shop = Shop()
    server = HttpServer(shop.handle, time.monotonic)
    await server.start(0)
    async with client(server.port) as busy, client(server.port) as idle:
        busy.send(GET.replace(b"/browse", b"/wait"))
        await until(lambda: shop.requests and len(server.connections) == 2)
        stopping = asyncio.get_running_loop().create_task(server.stop(30.0))
        await until(lambda: idle.ended or idle.lost, "the end of the idle one")
        with pytest.raises(ConnectionRefusedError):
            async with client(server.port):
                pass
        assert not busy.received
        shop.gate.set()
        await stopping
        await busy.closed()
        assert status(bytes(busy.received)) == 200
        assert b"connection: close\r\n" in busy.received


async def test_an_idle_connection_is_still_answered_while_draining_begins() -> None:
    shop = Shop()
    server = HttpServer(shop.handle, time.monotonic)
    await server.start(0)
    async with client(server.port) as idle:
        await until(lambda: server.connections)
        stopping = asyncio.get_running_loop().create_task(server.stop(30.0))
        await until(lambda: server.draining)
        idle.send(GET)
        await stopping
        await idle.closed()
        assert b"connection: close\r\n" in idle.received


async def test_stop_cancels_and_awaits_what_does_not_end_in_time() -> None:
    shop = Shop()
    server = HttpServer(shop.handle, time.monotonic)
    await server.start(0)
    async with client(server.port) as caller:
        caller.send(GET.replace(b"/browse", b"/wait"))
        await until(lambda: shop.requests)
        await server.stop(0.01)
        assert shop.cancelled == 1
        await caller.closed()
        assert not caller.received


async def test_a_port_can_be_listened_on_again_at_once() -> None:
    shop = Shop()
    server = HttpServer(shop.handle, time.monotonic)
    await server.start(0)
    port = server.port
    for _ in range(3):
        async with client(port) as caller:
            caller.send(GET)
            await until(lambda caller=caller: caller.received)  # type: ignore[misc]
        await server.stop(0.0)
        await server.start(port)
    await server.stop(0.0)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
async def test_a_thousand_clients_leave_no_file_and_no_task() -> None:
    shop = Shop()
    async with serving(shop.handle) as server:
        files = open_files()
        for _ in range(10):
            await asyncio.gather(*(_visit(server.port, shop) for _ in range(100)))
        await until(lambda: not server.connections, "the end of all connections")
        await until(lambda: open_files() <= files, "the end of all sockets")
        assert shop.answered == 1000


async def _visit(port: int, shop: Shop) -> None:
    async with client(port) as caller:
        caller.send(GET)
        await until(lambda: caller.received.endswith(b'"/browse"'))


CURL = shutil.which("curl")


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
async def test_curl_works_and_reuses_its_connection() -> None:
    shop = Shop()
    async with serving(shop.handle) as server:
        url = f"http://127.0.0.1:{server.port}"
        output = await _curl("-v", "--data-binary", "x" * 5_000, f"{url}/buy", f"{url}/again")
        assert '"/buy"' in output
        assert output.endswith('"/again"')
        assert "Re-using existing connection" in output
        assert [len(request.body) for request in shop.requests] == [5_000, 5_000]


async def _curl(*arguments: str) -> str:
    assert CURL is not None
    child = await asyncio.create_subprocess_exec(
        CURL,
        "-sS",
        "--max-time",
        "10",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await child.communicate()
    assert child.returncode == 0, output
    return output.decode()
