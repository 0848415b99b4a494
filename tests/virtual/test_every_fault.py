"""Every kind of fault in virtual time: what its link's callers get, its times, its end."""

from typing import Any, NamedTuple

import pytest

from lab.cluster.scenarios.faults import FAULTS
from tests.virtual.shop import LINK, VirtualShop, in_a_shop

OK, DEGRADED, FAILED, TIMED_OUT, REFUSED, SHED, SHORT_CIRCUITED = range(7)

BEFORE_S, DURING_S, SETTLED_S = 0.5, 2.0, 0.6


ANYHOW = (-1,)


class Case(NamedTuple):
    """A fault, and how the attempts at back-1 end while it is active; ``ANYHOW`` if by chance."""

    kind: str
    target: str
    params: dict[str, Any]
    ends: tuple[int, ...]
    by: tuple[str, ...] = ("network",)


CASES = [
    Case("crash", "back-1", {}, (REFUSED,), ("back-1",)),
    Case("terminate", "back-1", {}, (REFUSED,), ("back-1",)),
    Case("terminate", "back-1", {"drain": False}, (REFUSED,), ("back-1",)),
    Case("hang", "back-1", {}, (TIMED_OUT,), ("back-1",)),
    Case("pauses", "back-1", {"every_s": 0.4, "length_s": 0.2}, (OK,), ("back-1",)),
    Case("slow_start", "back-1", {}, (OK,), ("back-1",)),
    Case("hog", "back-1", {}, (OK,), ("back-1",)),
    Case("latency", "back-1", {"mean_s": 0.1}, (OK,), ("back-1",)),
    Case("errors", "back-1", {"ratio": 1.0}, (FAILED,), ("back-1",)),
    Case("errors", "back", {"ratio": 0.5}, (OK, FAILED), ("back-1", "back-2")),
    Case("first_errors", "back-1", {"count": 1000}, (FAILED,), ("back-1",)),
    Case("stuck", "back-1", {"workers": 8}, (TIMED_OUT,), ("back-1",)),
    Case("toxic_latency", LINK, {"latency_ms": 100}, (OK,)),
    Case("toxic_latency", "front:back", {"latency_ms": 500, "stream": "upstream"}, (TIMED_OUT,)),
    Case("bandwidth", LINK, {"rate_kb_per_s": 1}, (OK,)),
    Case("bandwidth", LINK, {"rate_kb_per_s": 0}, (TIMED_OUT,)),
    Case("black_hole", LINK, {}, (TIMED_OUT,)),
    Case("black_hole", LINK, {"timeout_ms": 100}, (FAILED,)),
    Case("reset_peer", LINK, {}, (FAILED,)),
    Case("slow_close", LINK, {}, (OK,)),
    Case("slicer", LINK, {"average_bytes": 10, "delay_us": 2000}, (OK,)),
    Case("limit_data", LINK, {"bytes": 1000}, (OK, FAILED)),
    Case("limit_data", LINK, {"bytes": 10}, (FAILED,)),
    Case("down", LINK, {}, (REFUSED,)),
    Case("partition", "front|back", {}, (TIMED_OUT,)),
    Case("partition", "front|back", {"direction": "forward"}, (TIMED_OUT,)),
    Case("partition", "front|back", {"direction": "backward"}, (TIMED_OUT,)),
    Case("lose_zone", "a", {}, (), ("front-1", "back-1")),
    Case("spike", "users", {}, (OK,), ("users",)),
    Case("ramp", "users", {"over_s": 1.0}, (OK,), ("users",)),
    Case("stampede", "users", {}, (OK,), ("users",)),
    Case("impatient", "users", {}, (OK,), ("users",)),
    Case("poison", "back-1", {"every": 10}, ANYHOW, ("back-1",)),
    Case("leak", "back-1", {"ratio": 1.0}, (TIMED_OUT,), ("back-1",)),
    Case("bad_deploy", "back", {"ratio": 1.0}, ANYHOW, ("back-1", "back-2")),
    Case("lost_name", "front:back", {}, (), ("front-1",)),
    Case("slow_zone", "a", {"latency_ms": 50}, (OK,)),
]


def test_no_kind_is_left_out() -> None:
    assert {case.kind for case in CASES} == {*FAULTS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.params}")
@in_a_shop
async def test_it_waits_acts_and_ends_at_its_times(shop: VirtualShop, case: Case) -> None:
    await shop.no_probes()
    await shop.do("set_users", patience_s=0.3)
    asked = await shop.fault(
        case.kind, case.target, params=case.params, after_s=BEFORE_S, duration_s=DURING_S
    )
    assert (asked["state"], asked["acknowledged_by"]) == ("scheduled", [])
    await shop.event("fault_on", case.target)
    await shop.next_frames(round(SETTLED_S * 10))
    (active,) = shop.lab.state()["faults"]
    assert (active["state"], tuple(active["acknowledged_by"])) == ("active", case.by)
    ends = _ends(await shop.counts_of(LINK, 1.0))
    assert case.ends in (ends, ANYHOW)
    off = await shop.event("fault_off", case.target)
    (on,) = shop.told("fault_on", case.target)
    assert on["t"] == pytest.approx(asked["starts_t"])
    assert off["t"] - on["t"] == pytest.approx(DURING_S, abs=0.01)
    assert off["text"].endswith("its time is over")
    assert shop.faults() == []
    await shop.flows()
    assert _ends(await shop.counts_of(LINK, 1.0)) == (OK,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind} {case.params}")
@in_a_shop
async def test_a_reset_ends_it_and_the_run_goes_on_as_authored(
    shop: VirtualShop, case: Case
) -> None:
    await shop.do("reset")
    await shop.flows()
    authored = _authored(shop)
    await shop.fault(case.kind, case.target, params=case.params)
    await shop.next_frames(3)
    assert await shop.do("reset") == {"status": "running"}
    assert shop.faults() == []
    await shop.flows()
    assert _authored(shop) == authored
    assert _ends(await shop.counts_of(LINK, 1.0)) == (OK,)


def _ends(counts: list[int]) -> tuple[int, ...]:
    return tuple(index for index, count in enumerate(counts) if count)


def _authored(shop: VirtualShop) -> Any:
    state = shop.lab.state()
    kept = ("status", "notice", "services", "dependencies", "users", "faults", "ejected")
    units = [(name, unit["state"], unit["restarts"]) for name, unit in shop.units().items()]
    links = [(link["name"], link["enabled"], link["toxics"]) for link in state["links"]]
    return {key: state[key] for key in kept}, units, links
