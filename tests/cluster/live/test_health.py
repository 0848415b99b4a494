"""Health checks take instances out of the balance and back in; with all out, all are used."""

from typing import Any

from tests.cluster.waiting import until
from tests.cluster.watched import Watched

NAME = "front:back"


def balance(shop: Watched) -> Any:
    return shop.frames[-1]["calls"][NAME]["patterns"].get("front-1", {}).get("balance", {})


def ejected(shop: Watched) -> list[str]:
    found: list[str] = shop.lab.state()["ejected"].get(NAME, {}).get("front-1", [])
    return found


async def test_a_frozen_instance_leaves_the_balance_and_comes_back(shop: Watched) -> None:
    last = shop.last_event
    fault = await shop.fault("hang", "back-1")
    out = await shop.event("health", "back-1", last)
    assert out["text"].startswith("out of the balance of front-1: 2 probes in a row failed")
    assert (out["by"], out["detail"]) == ("front-1", {"dependency": NAME, "healthy": False})
    assert out["cause"] is not None
    assert ejected(shop) == ["back-1"]
    await until(lambda: balance(shop).get("out") == ["back-1"], "out in the frame")
    await until(lambda: balance(shop)["in_flight"]["back-1"] == 0, "the end of what was sent there")
    frames = await shop.next_frames(3)
    assert shop.link_counts("front-1→back-1", frames) == [0] * 7
    assert shop.link_counts("front-1→back-2", frames)[0] > 0
    await shop.heal(fault)
    back = await shop.event("health", "back-1", out["id"])
    assert back["text"].startswith("back in the balance of front-1: 2 probes in a row answered")
    assert ejected(shop) == []
    await shop.see(lambda frames: shop.link_counts("front-1→back-1", frames)[0] > 0, "traffic")


async def test_with_all_out_all_are_used(shop: Watched) -> None:
    await shop.fault("hang", "back")
    await until(lambda: set(ejected(shop)) == {"back-1", "back-2"}, "both out")
    await until(lambda: balance(shop).get("state") == "panic", "panic in the frame")
    assert "0 of 2 healthy, so all are used" in balance(shop)["reason"]
    counts = await shop.next_frames(12)
    for number in (1, 2):
        assert sum(shop.link_counts(f"front-1→back-{number}", counts)) > 0


async def test_a_crashed_instance_is_out_after_two_refused_probes(shop: Watched) -> None:
    last = shop.last_event
    fault = await shop.fault("crash", "back-1", duration_s=60.0)
    out = await shop.event("health", "back-1", last)
    assert "Connection refused" in out["text"]
    await shop.heal(fault)
    await until(lambda: ejected(shop) == [], "back in")


async def test_switched_off_nobody_is_out(shop: Watched) -> None:
    last = shop.last_event
    await shop.fault("hang", "back-1")
    await shop.event("health", "back-1", last)
    await shop.do("set_service", service="back", health={"enabled": False})
    await until(lambda: ejected(shop) == [], "nobody out in the state")
    await until(lambda: balance(shop).get("out") == [], "nobody out in the frame")
    await shop.see(lambda frames: sum(shop.link_counts("front-1→back-1", frames)) > 0, "attempts")
    await shop.do("set_service", service="back", health={"enabled": True})
    await until(lambda: ejected(shop) == ["back-1"], "out again")


async def test_who_is_removed_is_no_longer_listed_as_out(shop: Watched) -> None:
    await shop.fault("hang", "back-2")
    await until(lambda: ejected(shop) == ["back-2"], "out")
    await shop.do("set_service", service="back", replicas=1)
    assert ejected(shop) == []
    await shop.do("set_service", service="back", replicas=2)
    await shop.flows()
    assert ejected(shop) == []


async def test_a_new_caller_process_begins_with_everybody(shop: Watched) -> None:
    await shop.fault("hang", "back-1")
    await until(lambda: ejected(shop) == ["back-1"], "out")
    last = shop.last_event
    await shop.fault("crash", "front")
    assert ejected(shop) == []
    again = await shop.event("health", "back-1", last)
    assert again["detail"]["healthy"] is False
