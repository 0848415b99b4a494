import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.telemetry.histogram import bucket
from lab.telemetry.outcome import INDEX, OUTCOMES, Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.tally import CallTally, Tally
from lab.telemetry.tick import Tick, decode_tick, encode_tick
from lab.telemetry.trace import TraceHead

outcomes = st.sampled_from(OUTCOMES)


def test_the_order_of_outcomes_is_fixed() -> None:
    assert [each.value for each in OUTCOMES] == [
        "ok", "degraded", "failed", "timed_out", "refused", "shed", "short_circuited",
    ]  # fmt: skip
    assert [INDEX[each] for each in OUTCOMES] == list(range(7))


def test_everything_recorded_is_in_the_next_tick() -> None:
    recorder = Recorder("gateway-1")
    recorder.attempt("gateway-1→catalog-1", Outcome.TIMED_OUT, 0.3)
    recorder.attempt("gateway-1→catalog-1", Outcome.OK, 0.01)
    recorder.call("gateway:catalog", Outcome.OK, 0.31, 2)
    recorder.served("/browse", Outcome.DEGRADED, 0.32)
    recorder.user("/browse", Outcome.FAILED, 0.4)
    recorder.offered()
    recorder.offered(2)
    recorder.dropped()

    tick = recorder.take(12.5, {"in_flight": 3.0}, {"gateway:catalog": {"retry": {"waits": 1}}})

    assert tick == Tick(
        worker="gateway-1",
        n=1,
        at_s=12.5,
        links={
            "gateway-1→catalog-1": Tally([1, 0, 0, 1, 0, 0, 0], {bucket(0.3): 1, bucket(0.01): 1})
        },
        calls={"gateway:catalog": CallTally([1, 0, 0, 0, 0, 0, 0], {bucket(0.31): 1}, 2)},
        served={"/browse": Tally([0, 1, 0, 0, 0, 0, 0], {bucket(0.32): 1})},
        users={"/browse": Tally([0, 0, 1, 0, 0, 0, 0], {bucket(0.4): 1})},
        offered=3,
        dropped=1,
        gauges={"in_flight": 3.0},
        patterns={"gateway:catalog": {"retry": {"waits": 1}}},
    )


def test_taking_begins_anew() -> None:
    recorder = Recorder("gateway-1")
    recorder.served("/browse", Outcome.OK, 0.01)
    first = recorder.take(1.0, {}, {})

    second = recorder.take(1.1, {}, {})
    recorder.served("/browse", Outcome.OK, 0.02)

    assert second == Tick(worker="gateway-1", n=2, at_s=1.1)
    assert sum(first.served["/browse"].outcomes) == 1


def test_a_tick_travels_unchanged() -> None:
    recorder = Recorder("users")
    recorder.user("/browse", Outcome.SHED, 0.002)
    head = TraceHead("ab" * 16, "/browse", "default", Outcome.SHED, "queue full", 3.0, 0.002)

    tick = recorder.take(4.0, {"in_flight": 1.5}, {"users:gateway": {"balance": {"picks": 3}}},
                         kept=[head], bytes_moved={"users→gateway-1": (120, 800)})  # fmt: skip

    assert decode_tick(encode_tick(tick)) == tick
    assert decode_tick(encode_tick(tick)).kept[0].outcome is Outcome.SHED


def test_what_is_no_tick_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_tick(b"\x93\xa1a\xa1b\xa1c")


@given(st.lists(st.tuples(outcomes, st.floats(0.0, 10.0), st.integers(0, 5)), max_size=50))
def test_nothing_is_lost_between_ticks(ends: list[tuple[Outcome, float, int]]) -> None:
    recorder = Recorder("a-1")
    total = CallTally()

    for n, (outcome, seconds, attempts) in enumerate(ends):
        recorder.call("a:b", outcome, seconds, attempts)
        if n % 7 == 0:
            total.merge(recorder.take(0.0, {}, {}).calls["a:b"])
    total.merge(recorder.take(0.0, {}, {}).calls.get("a:b", CallTally()))

    assert sum(total.outcomes) == sum(total.times.values()) == len(ends)
    assert total.attempts == sum(attempts for _, _, attempts in ends)
    for outcome in OUTCOMES:
        assert total.outcomes[INDEX[outcome]] == sum(1 for ended, _, _ in ends if ended is outcome)
