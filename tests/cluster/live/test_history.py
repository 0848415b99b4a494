"""Whoever joins late gets what has happened; whoever leaves costs nothing more."""

from collections.abc import Callable
from typing import Any

from lab.cluster import Spawner
from tests.cluster.shops import corner
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, running


async def test_who_joins_late_gets_state_history_events_and_requests(shop: Watched) -> None:
    await shop.fault("hang", "back-1")
    await until(lambda: len(shop.lab.hello()["history"]["t"]) >= 3, "some rows")
    await shop.next_frames(1)
    hello = shop.lab.hello()
    assert hello.keys() == {"type", "state", "history", "events", "traces"}
    assert hello["state"] == {**shop.lab.state(), "t": hello["state"]["t"]}
    assert [e["id"] for e in hello["events"]] == sorted(e["id"] for e in hello["events"])
    assert ("fault_on", "back-1") in {(e["kind"], e["subject"]) for e in hello["events"]}
    assert hello["traces"]
    assert all(head["t"] <= hello["state"]["t"] for head in hello["traces"])


async def test_the_history_has_a_row_each_half_second_and_all_columns_are_as_long(
    shop: Watched,
) -> None:
    await until(lambda: len(shop.lab.hello()["history"]["t"]) >= 5, "some rows")
    history: dict[str, Any] = shop.lab.hello()["history"]
    layers = history.pop("layers")
    assert layers.keys() == {"front", "back", "till"}
    assert len({len(column) for column in (*history.values(), *layers.values())}) == 1
    gaps = [b - a for a, b in zip(history["t"], history["t"][1:], strict=False)]
    assert all(0.2 < gap < 1.5 for gap in gaps)
    assert max(layers["front"][-3:]) > 0.5  # one attempt for each user request, or nearly


async def test_rows_come_in_frames_and_are_those_of_the_history(shop: Watched) -> None:
    frames = await shop.next_frames(12)
    rows = [frame["row"] for frame in frames if frame["row"] is not None]
    assert 2 <= len(rows) <= 3
    times = shop.lab.hello()["history"]["t"]
    assert {row["t"] for row in rows} <= set(times)


async def test_several_listeners_hear_the_same_and_each_leaves_alone(shop: Watched) -> None:
    heard: dict[str, list[tuple[str, bytes]]] = {"one": [], "other": []}

    def ear(name: str) -> Callable[[str, bytes], None]:
        return lambda kind, message: heard[name].append((kind, message))

    leave = {name: shop.lab.listen(ear(name)) for name in heard}
    await shop.next_frames(3)
    leave["one"]()
    number = len(heard["one"])
    assert heard["one"] == heard["other"]
    await shop.next_frames(3)
    assert len(heard["one"]) == number < len(heard["other"])
    leave["other"]()


async def test_without_listeners_time_goes_on_and_nothing_is_lost(spawner: Spawner) -> None:
    async with running(corner(), spawner) as lab:
        await lab.flows()
        lab.unwatch()
        rows = len(lab.lab.hello()["history"]["t"])
        await until(lambda: len(lab.lab.hello()["history"]["t"]) > rows + 1, "more rows")
        assert (await lab.do("stats"))["success_ratio"] > 0.9
