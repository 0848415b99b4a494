"""Stories of faults that are told alike by a live lab and by one in virtual time."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from tests.cluster.watched import Watched

LINK = "front-1→back-1"
OK, DEGRADED, FAILED, TIMED_OUT, REFUSED, SHED, SHORT_CIRCUITED = range(7)

GIVE_UP = {"pattern": "timeout", "limit_s": 0.2}
"""Sooner than the users, so that it is no race who ends an attempt."""

Story = Callable[[Watched], Awaitable[None]]


def ends(kind: str, target: str, outcome: int, **fields: object) -> Story:
    """Tell of a fault under which every attempt at back-1 ends alike, and well when it is over."""

    async def story(shop: Watched) -> None:
        for service in ("front", "back"):
            await shop.do("set_service", service=service, health={"enabled": False})
        await shop.do("set_chain", dependency="front:back", chain=[GIVE_UP])
        fault = await shop.fault(kind, target, **fields)
        assert fault["acknowledged_by"] == ["network" if "→" in target or "|" in target else target]
        await shop.see(lambda frames: _ends(shop, frames) == {outcome}, f"only {outcome}", last=5)
        await shop.heal(fault)
        await shop.see(lambda frames: _ends(shop, frames) == {OK}, "only good ends", last=5)
        assert shop.faults() == []

    return story


def _ends(shop: Watched, frames: list[dict[str, object]]) -> set[int]:
    counts = shop.link_counts(LINK, frames) if len(frames) == 5 else []
    return {index for index, count in enumerate(counts) if count}


STORIES: Mapping[str, Story] = MappingProxyType(
    {
        "a crash": ends("crash", "back-1", REFUSED, duration_s=60.0),
        "a freeze": ends("hang", "back-1", TIMED_OUT),
        "errors": ends("errors", "back-1", FAILED, params={"ratio": 1.0}),
        "stuck workers": ends("stuck", "back-1", TIMED_OUT, params={"workers": 8}),
        "a black hole": ends("black_hole", LINK, TIMED_OUT),
        "a reset": ends("reset_peer", LINK, FAILED),
        "a cut": ends("down", LINK, REFUSED),
        "a wall for answers": ends(
            "partition", "front|back", TIMED_OUT, params={"direction": "backward"}
        ),
    }
)
