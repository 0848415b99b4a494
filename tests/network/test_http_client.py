"""Our transport against our server, and against servers that misbehave."""

import asyncio

import pytest

from lab.cluster.message import Broken, Request, Response
from lab.telemetry.outcome import Outcome
from tests.network.reaching import GET, OK, Callee, answering, in_flight, reaching
from tests.network.sockets import Peer, until, upstream


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


async def test_an_answer_to_no_question_ends_an_idle_connection() -> None:
    async with answering(OK) as callee, reaching(callee.port) as transport:
        await transport.send("a→b", GET, 1.0)
        (await callee.peer()).send(OK)
        await until(lambda: transport.idle("a→b") == 0, "the end of the connection")


async def test_an_interim_answer_is_not_the_answer() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"
    async with answering(interim + OK) as callee, reaching(callee.port) as transport:
        assert (await transport.send("a→b", GET, 1.0)).status == 200


async def test_an_answer_to_head_has_no_body(callee: Callee) -> None:
    async with reaching(callee.server.port) as transport:
        assert (await transport.send("a→b", Request("HEAD", "/"), 1.0)).body == b""
        assert (await transport.send("a→b", GET, 1.0)).body == b"{}"


@pytest.mark.parametrize(
    "request_", [Request("GET", "/a b"), Request("GET", "/\r\nx: y"), Request("get it", "/")]
)
async def test_what_is_not_a_request_is_not_sent(callee: Callee, request_: Request) -> None:
    async with reaching(callee.server.port) as transport:
        with pytest.raises(ValueError, match="cannot send"):
            await transport.send("a→b", request_, 1.0)
        with pytest.raises(KeyError):
            await transport.send("a→c", GET, 1.0)
