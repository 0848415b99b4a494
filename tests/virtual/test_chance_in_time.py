"""Named streams of chance: what one part draws leaves the draws of all others alone."""

from typing import Any, NamedTuple

from lab.cluster import Play, Scenario, load_scenario
from tests.cluster.shops import CORNER
from tests.virtual.played import Plain, messages, played

SECONDS = 20.0


class Seen(NamedTuple):
    """What users asked for: how many in each frame; by trace id when, what, its steps in order."""

    offered: list[int]
    starts: dict[str, float]
    routes: dict[str, str]
    steps: dict[str, list[list[Any]]]


def shop(page_share: int = 4) -> Scenario:
    """Return a corner shop with so few users that nearly all are kept, and uneven work."""
    text = CORNER.replace("kind: fixed", "kind: exponential").replace("_s: 60", "_s: 10")
    return load_scenario(text.replace("share: 4", f"share: {page_share}"), "corner")


def seen(play: Play, after_t: float = 0.0) -> Seen:
    heads = [head for told in messages(play, "traces") for head in told["traces"]]
    heads = [head for head in heads if head["t"] >= after_t]
    traces = {each["id"]: each for told in messages(play, "spans") for each in told["traces"]}
    return Seen(
        [frame["users"]["offered"] for frame in messages(play, "frame")],
        {head["id"]: head["t"] for head in heads},
        {head["id"]: head["route"] for head in heads},
        {head["id"]: traces[head["id"]]["spans"] for head in heads if head["id"] in traces},
    )


def after(command: Plain | None = None, page_share: int = 4) -> Seen:
    """Return what is seen of a run with one command at its beginning."""
    with played(shop(page_share)) as play:
        if command is not None:
            play.command(**command)
        play.run_until(SECONDS)
        return seen(play)


def inject(fault: str, target: str, **params: Any) -> Plain:
    return {"command": "inject_fault", "kind": fault, "target": target, "params": params}


def test_a_jittering_link_makes_its_users_wait_and_changes_no_other_draw() -> None:
    plain = after()
    jittery = after(inject("toxic_latency", "front:till", latency_ms=50, jitter_ms=40))
    assert len(plain.starts) > 150
    assert jittery.offered == plain.offered
    both = [trace for trace in plain.steps if trace in jittery.steps][:-5]
    assert len(both) > 150
    for trace in both:
        assert (jittery.starts[trace], jittery.routes[trace]) == (
            plain.starts[trace],
            plain.routes[trace],
        )
        assert has_drawn_the_same(jittery, plain, trace)
    assert waits(jittery, both) > waits(plain, both) + 1.0


def test_errors_and_delays_of_one_instance_leave_the_work_of_another_as_it_was() -> None:
    plain = after()
    for fault in (
        inject("errors", "back-2", ratio=0.5),
        inject("latency", "back-2", kind="heavy_tail", mean_s=0.02),
    ):
        harmed = after(fault)
        assert harmed.offered == plain.offered
        both = [trace for trace in plain.steps if trace in harmed.steps][:-5]
        well = [trace for trace in both if "back-2" not in dict(drawn(plain, trace))]
        assert len(well) > 60
        assert all(has_drawn_the_same(harmed, plain, trace) for trace in well)


def test_another_mix_has_the_same_arrivals() -> None:
    plain = after()
    mixed = after(page_share=1)
    assert mixed.offered == plain.offered
    orders = [[*each.routes.values()].count("/order") for each in (plain, mixed)]
    assert orders[0] < len(plain.routes) / 3 < orders[1]


def test_a_new_process_has_chance_of_its_own_and_a_reset_begins_anew() -> None:
    with played(shop()) as play:
        play.run_until(8.0)
        first = works(seen(play), "back-1")
        play.command(command="inject_fault", kind="crash", target="back-1")
        crashed_t = play.t
        play.run_until(16.0)
        second = works(seen(play, crashed_t), "back-1")
        play.command(command="reset")
        reset_t = play.t
        play.run_until(24.0)
        anew = works(seen(play, reset_t), "back-1")
    assert min(len(first), len(second), len(anew)) > 15
    assert sum(one == other for one, other in zip(first, second, strict=False)) < 3
    assert anew[:15] == first[:15]


def drawn(told: Seen, trace: str) -> list[tuple[str, float]]:
    """Return what was drawn for a request: the instances that worked, and for how long, in ms."""
    works = [span for span in told.steps[trace] if span[1] == "work"]
    return [(span[2], span[4] - span[3]) for span in works]


def has_drawn_the_same(one: Seen, other: Seen, trace: str) -> bool:
    """Say whether the same instances worked as long, as nearly as a record tells."""
    pairs = zip(drawn(one, trace), drawn(other, trace), strict=True)
    return all(a[0] == b[0] and abs(a[1] - b[1]) < 0.0025 for a, b in pairs)


def waits(told: Seen, traces: list[str]) -> float:
    """Return how long the users of these requests waited together, in seconds."""
    return sum(max(float(span[4]) for span in told.steps[trace]) for trace in traces) / 1000.0


def works(told: Seen, instance: str) -> list[float]:
    """Return how long an instance worked at each request in turn, in ms."""
    done = [
        (told.starts[trace] * 1000.0 + span[3], span[4] - span[3])
        for trace, spans in told.steps.items()
        for span in spans
        if (span[1], span[2]) == ("work", instance)
    ]
    return [round(took_ms, 2) for _, took_ms in sorted(done)]
