"""Charged twice: a timeout is indefinite, a key makes a write repeatable (curriculum, module 2)."""

import asyncio

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.message import Request, Response
from lab.cluster.specs import RouteSpec, ServiceSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import Entry, World, layer, work

KEY = layer("idempotency")
RETRY = layer("retry", attempts=3, base_s=0.2, backoff="fixed", jitter="none")
CARELESS = {**RETRY, "only_safe": False}
TIMEOUT = layer("attempt_timeout", limit_s=0.5)


def payments(world: World, *, ledger: bool) -> Service:
    """A service that does the work at once."""
    guards = {"ledger": {"enabled": ledger}}
    spec = ServiceSpec("pay", 10, 10, {"/": RouteSpec(work(0.1))}, guards)
    return Service(spec, {}, world.site("pay-1"))


def caller(world: World, callee: Service, *chain: Entry) -> Caller:
    return world.caller(*chain, dependency="shop:pay", callees={"pay-1": callee})


def charge(world: World) -> Call:
    return Call("POST", "/", idempotent=False, trace_id=world.site("front-1").spans.trace_id())


def done(service: Service) -> object:
    found = service.writes.snapshot()
    assert found is not None
    return found["counts"]


class SlowAnswers:
    """Stands for a network on which answers take 0.6 s, a little longer than anybody waits."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def handle(self, request: Request) -> Response:
        response = await self._service.handle(request)
        await asyncio.sleep(0.6)
        return response


@pytest.mark.parametrize(
    ("chain", "ledger", "expected"),
    [
        ((CARELESS, TIMEOUT), False, {"done": 3, "twice": 2}),
        ((RETRY, TIMEOUT), False, {"done": 1, "twice": 0}),
        ((KEY, RETRY, TIMEOUT), True, {"done": 1, "twice": 0}),
        ((KEY, RETRY, TIMEOUT), False, {"done": 3, "twice": 2}),
        ((CARELESS, KEY, TIMEOUT), True, {"done": 3, "twice": 2}),
    ],
    ids=["careless", "no retry", "key and ledger", "no ledger", "key inside retry"],
)
@timeless
async def test_what_the_ledger_shows(
    chain: tuple[Entry, ...], ledger: bool, expected: dict[str, int]
) -> None:
    world = World()
    service = payments(world, ledger=ledger)
    one = caller(world, service, *chain)
    world.transport.join("front-1→pay-1", SlowAnswers(service).handle)
    await one.call(charge(world))
    assert done(service) == expected


@timeless
async def test_the_repeat_gets_the_answer_of_the_first() -> None:
    world = World()
    service = payments(world, ledger=True)
    first = await service.handle(Request("POST", "/", key="k"))
    began_s = world.clock()
    again = await service.handle(Request("POST", "/", key="k"))
    assert (again.body, again.rule) == (first.body, "the ledger remembers the answer")
    assert world.clock() == began_s


@timeless
async def test_a_repeat_while_the_first_is_at_work_is_told_to_come_back() -> None:
    world = World()
    service = payments(world, ledger=True)
    async with asyncio.TaskGroup() as group:
        group.create_task(service.handle(Request("POST", "/", key="k")))
        await asyncio.sleep(0.05)
        response = await service.handle(Request("POST", "/", key="k"))
    assert (response.status, response.outcome, response.retry_after_s) == (
        409, Outcome.REFUSED, 0.05,
    )  # fmt: skip


@timeless
async def test_a_key_for_another_request_is_refused() -> None:
    world = World()
    service = payments(world, ledger=True)
    service.spec.routes["/refund"] = RouteSpec(work(0.1))
    await service.handle(Request("POST", "/", key="k"))
    response = await service.handle(Request("POST", "/refund", key="k"))
    assert (response.status, response.outcome) == (422, Outcome.FAILED)
