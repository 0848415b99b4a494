"""What every transport promises: messages in virtual time and HTTP over sockets alike."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.message import (
    Broken,
    Handler,
    Refused,
    Request,
    Response,
    TimedOut,
    Transport,
)
from lab.cluster.processes.ports import Reservation
from lab.cluster.virtual.loop import run_virtual
from lab.telemetry.outcome import Outcome
from tests.cluster.messages import MessageTransport
from tests.cluster.waiting import until

LINK = "front-1→back-1"
OK = Response(200, Outcome.OK)


class Carried:
    """A transport with one link to one handler, and the ways to end it."""

    def __init__(self, transport: Transport, leave: Callable[[], Awaitable[None]]) -> None:
        self.transport = transport
        self.leave = leave

    async def get(self, timeout_s: float | None = 5.0, path: str = "/") -> Response:
        return await self.transport.send(LINK, Request("GET", path), timeout_s)


@asynccontextmanager
async def over_messages(handler: Handler | None) -> AsyncIterator[Carried]:
    transport = MessageTransport()
    transport.join(LINK, handler)

    async def leave() -> None:
        transport.cut(LINK)

    yield Carried(transport, leave)
    await until(lambda: transport.in_flight(LINK) == 0, "the end of all work")


@asynccontextmanager
async def over_http(handler: Handler | None) -> AsyncIterator[Carried]:
    port = Reservation()
    server = HttpServer(handler or never, time.monotonic)
    transport = HttpTransport({LINK: port.port}, time.monotonic)
    if handler is not None:
        await server.start(port.port)

    async def leave() -> None:
        await server.stop(0.0)
        await until(lambda: transport.idle(LINK) == 0, "the news that idle connections ended")

    try:
        yield Carried(transport, leave)
    finally:
        await transport.close()
        await server.stop(0.0)
        port.release()


async def never(request: Request) -> Response:
    raise AssertionError(f"{request} reached a server that does not listen")


WAYS = {"messages": (run_virtual, over_messages), "http": (asyncio.run, over_http)}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def carry(way: str, handler: Handler | None, test: Callable[[Carried], Awaitable[None]]) -> None:
    """Run ``test`` with a link to ``handler``; None is a link to nobody."""
    run, over = WAYS[way]

    async def main() -> None:
        async with over(handler) as carried:
            await test(carried)

    run(main())


def test_an_answer_comes_as_it_was_given(way: str) -> None:
    given = Response(503, Outcome.SHED, b'{"a": 1}', 0.25, "the queue is full (64 waiting) – ≥ 64")

    async def handle(request: Request) -> Response:
        return given

    async def test(carried: Carried) -> None:
        assert await carried.get() == given

    carry(way, handle, test)


def test_a_request_arrives_as_it_was_sent(way: str) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    arrived: list[Request] = []

    async def handle(request: Request) -> Response:
        arrived.append(request)
        return OK

    async def test(carried: Carried) -> None:
        sent = Request("POST", "/order", trace, 1.5, "critical", b'{"toys": 2}')
        await carried.transport.send(LINK, sent, 2.0)
        (request,) = arrived
        assert request.deadline_s is not None
        assert 1.0 < request.deadline_s <= 1.5
        request.deadline_s = 1.5
        assert request == sent

    carry(way, handle, test)


def test_where_nobody_listens_it_is_refused_for_certain(way: str) -> None:
    async def test(carried: Carried) -> None:
        with pytest.raises(Refused) as refused:
            await carried.get()
        assert refused.value.definite

    carry(way, None, test)


def test_after_the_callee_has_left_it_is_refused(way: str) -> None:
    async def handle(request: Request) -> Response:
        return OK

    async def test(carried: Carried) -> None:
        await carried.get()
        await carried.leave()
        with pytest.raises(Refused):
            await carried.get()

    carry(way, handle, test)


def test_an_answer_that_is_late_times_out_and_its_work_is_cancelled(way: str) -> None:
    ended: list[BaseException] = []

    async def handle(request: Request) -> Response:
        try:
            await asyncio.sleep(60.0)
        except asyncio.CancelledError as error:
            ended.append(error)
            raise
        return OK

    async def test(carried: Carried) -> None:
        with pytest.raises(TimedOut) as late:
            await carried.get(0.05)
        assert not late.value.definite
        await until(lambda: ended, "the end of the work that nobody waits for")

    carry(way, handle, test)


@pytest.mark.parametrize("timeout_s", [0.0, -1.0])
def test_without_time_nothing_is_sent(way: str, timeout_s: float) -> None:
    arrived: list[Request] = []

    async def handle(request: Request) -> Response:
        arrived.append(request)
        return OK

    async def test(carried: Carried) -> None:
        with pytest.raises(TimedOut):
            await carried.get(timeout_s)
        await carried.get(path="/later")
        assert [request.path for request in arrived] == ["/later"]

    carry(way, handle, test)


def test_a_callee_that_dies_at_work_breaks_the_request(way: str) -> None:
    at_work: list[Request] = []

    async def handle(request: Request) -> Response:
        at_work.append(request)
        await asyncio.sleep(60.0)
        return OK

    async def test(carried: Carried) -> None:
        async with asyncio.TaskGroup() as group:
            sent = group.create_task(_error_of(carried.get()))
            await until(lambda: at_work, "the request at work")
            await carried.leave()
        assert isinstance(sent.result(), Broken)
        assert not Broken.definite

    carry(way, handle, test)


def test_cancelling_the_request_cancels_its_work(way: str) -> None:
    events: list[str] = []

    async def handle(request: Request) -> Response:
        events.append("begun")
        try:
            await asyncio.sleep(60.0)
        finally:
            events.append("ended")
        return OK

    async def test(carried: Carried) -> None:
        sent = asyncio.get_running_loop().create_task(carried.get())
        await until(lambda: events == ["begun"], "the request at work")
        sent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sent
        await until(lambda: events == ["begun", "ended"], "the end of its work")

    carry(way, handle, test)


def test_a_handler_that_raises_is_answered_as_failed(way: str) -> None:
    async def handle(request: Request) -> Response:
        raise RuntimeError("a bug in the callee")

    async def test(carried: Carried) -> None:
        response = await carried.get()
        assert (response.status, response.outcome) == (500, Outcome.FAILED)

    carry(way, handle, test)


def test_a_link_that_does_not_exist_is_a_mistake(way: str) -> None:
    async def test(carried: Carried) -> None:
        with pytest.raises(KeyError):
            await carried.transport.send("front-1→nobody-1", Request("GET", "/"), 1.0)

    carry(way, None, test)


def test_answers_of_many_at_once_are_not_mixed_up(way: str) -> None:
    async def handle(request: Request) -> Response:
        number = int(request.path[1:])
        await asyncio.sleep((50 - number) / 1000)
        return Response(200, Outcome.OK, request.path.encode())

    async def test(carried: Carried) -> None:
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(carried.get(path=f"/{n}")) for n in range(50)]
        assert [task.result().body for task in sent] == [f"/{n}".encode() for n in range(50)]

    carry(way, handle, test)


async def _error_of(sent: Awaitable[Response]) -> Exception | None:
    try:
        await sent
    except Exception as error:  # noqa: BLE001 - the test says which one it must be
        return error
    return None
