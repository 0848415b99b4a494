import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lab.telemetry.frame import FrameTopology, Merger, encode
from lab.telemetry.histogram import MIDDLES_S, bucket
from lab.telemetry.outcome import OUTCOMES, Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.tick import Tick

TOPOLOGY = FrameTopology(
    instances=("gateway-1", "catalog-1"),
    links=("users→gateway-1", "gateway-1→catalog-1"),
    dependencies=("users:gateway", "gateway:catalog"),
    services=("gateway", "catalog"),
)
OK_ONE = [1, 0, 0, 0, 0, 0, 0]
NONE = [0] * 7


def read_ms(seconds: float) -> float:
    """What a duration reads as, once it has been in a bucket."""
    return round(MIDDLES_S[bucket(seconds)] * 1000.0, 2)


def one_request(at_s: float = 0.1) -> list[Tick]:
    """What three workers tell of one request: it took two attempts at the catalog."""
    users, gateway, catalog = Recorder("users"), Recorder("gateway-1"), Recorder("catalog-1")
    users.offered()
    users.attempt("users→gateway-1", Outcome.OK, 0.05)
    users.call("users:gateway", Outcome.OK, 0.05, 1)
    users.user("/browse", Outcome.OK, 0.051)
    gateway.attempt("gateway-1→catalog-1", Outcome.FAILED, 0.01)
    gateway.attempt("gateway-1→catalog-1", Outcome.OK, 0.02)
    gateway.call("gateway:catalog", Outcome.OK, 0.04, 2)
    gateway.served("/browse", Outcome.OK, 0.05)
    catalog.served("/items", Outcome.FAILED, 0.01)
    catalog.served("/items", Outcome.OK, 0.02)
    return [
        users.take(at_s, {"in_flight": 2.0}, {"users:gateway": {"balance": {"kind": "x"}}}),
        gateway.take(at_s, {"in_flight": 4.0, "busy": 3.0, "queued": 1.0, "cpu_ratio": 0.12345},
                     {"gateway:catalog": {"breaker": {"state": "closed"}}}),
        catalog.take(at_s, {"in_flight": 1.0}, {}),
    ]  # fmt: skip


def test_a_frame_has_exactly_the_shape_that_the_page_reads() -> None:
    merger = Merger(TOPOLOGY)
    for tick in one_request():
        merger.add(tick)

    frame = json.loads(encode(merger.frame(5, 0.5, 0.2)))

    assert frame == {
        "type": "frame",
        "n": 5,
        "t": 0.5,
        "users": {
            "offered": 1,
            "outcomes": OK_ONE,
            "in_flight": 2,
            "dropped": 0,
            "p50_ms": read_ms(0.051),
            "p95_ms": read_ms(0.051),
            "p99_ms": read_ms(0.051),
        },
        "instances": [
            [4, 3, 1, 1, 0, read_ms(0.05), 0.123],
            [1, 0, 0, 1, 1, read_ms(0.02), 0.0],
        ],
        "links": [
            [OK_ONE, read_ms(0.05)],
            [[1, 0, 1, 0, 0, 0, 0], read_ms(0.02)],
        ],
        "calls": {
            "users:gateway": {
                "outcomes": OK_ONE,
                "attempts": 1,
                "p99_ms": read_ms(0.05),
                "patterns": {"users": {"balance": {"kind": "x"}}},
            },
            "gateway:catalog": {
                "outcomes": OK_ONE,
                "attempts": 2,
                "p99_ms": read_ms(0.04),
                "patterns": {"gateway-1": {"breaker": {"state": "closed"}}},
            },
        },
        "row": {
            "t": 0.5,
            "offered": 2.0,
            "ok": 2.0,
            "degraded": 0.0,
            "failed": 0.0,
            "timed_out": 0.0,
            "refused": 0.0,
            "shed": 0.0,
            "short_circuited": 0.0,
            "p50_ms": read_ms(0.051),
            "p95_ms": read_ms(0.051),
            "p99_ms": read_ms(0.051),
            "layers": {"gateway": 1.0, "catalog": 2.0},
        },
        "guards": {},
    }


def test_counts_are_told_once_and_percentiles_for_a_second() -> None:
    merger = Merger(TOPOLOGY)
    for tick in one_request(at_s=0.1):
        merger.add(tick)
    merger.frame(1, 0.1, 0.1)
    silent = [Recorder(name) for name in ("users", "gateway-1", "catalog-1")]

    later = []
    for n in range(2, 13):
        for recorder in silent:
            merger.add(recorder.take(n / 10, {}, {}))
        later.append(merger.frame(n, n / 10, n / 10))

    assert all(frame.links == [0, 0] for frame in later)
    assert all(frame.users.outcomes == NONE for frame in later)
    assert [frame.users.p99_ms for frame in later] == [read_ms(0.051)] * 9 + [None, None]
    assert [cells[5] for cells in (frame.instances[1] for frame in later) if cells] == [
        *[read_ms(0.02)] * 9, None, None,
    ]  # fmt: skip


def test_a_worker_that_is_silent_shows_nothing_old() -> None:
    merger = Merger(TOPOLOGY)
    for tick in one_request(at_s=1.0):
        merger.add(tick)

    fresh, stale = merger.frame(1, 0.3, 1.34), merger.frame(2, 0.4, 1.36)

    assert fresh.instances[0] is not None
    assert fresh.users.in_flight == 2
    assert stale.instances == [None, None]
    assert stale.users.in_flight is None
    assert stale.calls["gateway:catalog"].patterns == {}


def test_a_silent_worker_comes_back_with_its_next_tick() -> None:
    merger = Merger(TOPOLOGY)
    catalog = Recorder("catalog-1")
    merger.add(catalog.take(0.1, {}, {}))
    merger.frame(1, 0.1, 1.0)

    merger.add(catalog.take(1.1, {"in_flight": 7.0}, {}))
    cells = merger.frame(2, 1.1, 1.15).instances[1]

    assert cells is not None
    assert cells[0] == 7


def test_rows_come_each_half_second_and_are_rates() -> None:
    merger, users = Merger(TOPOLOGY), Recorder("users")
    rows = []
    for n in range(1, 31):
        for _ in range(6):
            users.offered()
            users.user("/browse", Outcome.OK, 0.01)
        merger.add(users.take(n / 10, {}, {}))
        rows.append(merger.frame(n, n / 10, n / 10).row)

    assert [n for n, row in enumerate(rows, 1) if row] == [5, 10, 15, 20, 25, 30]
    assert all(row.offered == row.ok == 60.0 for row in rows if row)


def test_rows_after_a_stall_are_still_rates() -> None:
    merger, users = Merger(TOPOLOGY), Recorder("users")
    merger.frame(1, 0.5, 0.5)
    users.offered(100)
    merger.add(users.take(2.5, {}, {}))

    row = merger.frame(2, 2.5, 2.5).row

    assert row is not None
    assert row.offered == 50.0


def test_without_users_there_are_no_layers() -> None:
    merger, gateway = Merger(TOPOLOGY), Recorder("gateway-1")
    gateway.attempt("gateway-1→catalog-1", Outcome.OK, 0.01)
    merger.add(gateway.take(0.5, {}, {}))

    row = merger.frame(1, 0.5, 0.5).row

    assert row is not None
    assert row.layers == {}


def test_another_topology_orders_the_next_frame() -> None:
    merger = Merger(TOPOLOGY)
    for tick in one_request():
        merger.add(tick)

    merger.arrange(FrameTopology(("catalog-1", "catalog-2"), ("gateway-1→catalog-1",), (), ()))
    frame = merger.frame(1, 0.1, 0.1)

    assert frame.instances[0] is not None
    assert frame.instances[1] is None
    assert len(frame.links) == 1
    assert frame.calls == {}


@st.composite
def ticks(draw: st.DrawFn) -> list[Tick]:
    """Ticks of several workers, all due in one frame."""
    made: list[Tick] = []
    for worker in draw(st.lists(st.sampled_from(["gateway-1", "catalog-1", "users"]), max_size=6)):
        recorder = Recorder(worker)
        for _ in range(draw(st.integers(0, 8))):
            outcome, seconds = draw(st.sampled_from(OUTCOMES)), draw(st.floats(0.0, 5.0))
            recorder.attempt(draw(st.sampled_from(TOPOLOGY.links)), outcome, seconds)
            recorder.call(draw(st.sampled_from(TOPOLOGY.dependencies)), outcome, seconds, 2)
            recorder.served(draw(st.sampled_from(["/a", "/b"])), outcome, seconds)
            recorder.user(draw(st.sampled_from(["/a", "/b"])), outcome, seconds)
            recorder.offered()
        at_s = 1.0 + len(made) / 1000
        made.append(recorder.take(at_s, {"in_flight": float(len(made))}, {}))
    return made


@given(ticks(), st.randoms(use_true_random=False))
def test_the_order_of_ticks_does_not_matter(made: list[Tick], chance: Random) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)

    frames = []
    for order in (made, shuffled):
        merger = Merger(TOPOLOGY)
        for tick in order:
            merger.add(tick)
        frames.append(encode(merger.frame(1, 1.5, 1.1)))

    assert frames[0] == frames[1]


@given(st.lists(ticks(), max_size=4))
def test_merging_conserves_counts(rounds: list[list[Tick]]) -> None:
    merger = Merger(TOPOLOGY)
    users = [0] * 7
    attempts = offered = good_and_bad = 0
    for n, made in enumerate(rounds):
        for tick in made:
            merger.add(tick)
        frame = merger.frame(n, n / 10, 1.1)
        users = [a + b for a, b in zip(users, frame.users.outcomes, strict=True)]
        offered += frame.users.offered
        attempts += sum(part.attempts for part in frame.calls.values())
        good_and_bad += sum(cells[3] + cells[4] for cells in frame.instances if cells)

    all_ticks = [tick for made in rounds for tick in made]
    ended = [tally for tick in all_ticks for tally in tick.users.values()]
    assert users == [sum(tally.outcomes[i] for tally in ended) for i in range(7)]
    assert offered == sum(tick.offered for tick in all_ticks)
    assert attempts == sum(c.attempts for tick in all_ticks for c in tick.calls.values())
    assert good_and_bad == sum(
        sum(tally.outcomes)
        for tick in all_ticks
        if tick.worker != "users"
        for tally in tick.served.values()
    )
