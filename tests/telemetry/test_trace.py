from hypothesis import given
from hypothesis import strategies as st

from lab.telemetry.outcome import OUTCOMES, Outcome
from lab.telemetry.trace import OLD_S, SPANS_PER_TRACE, Keeper, Span, SpanRing, TraceHead


def span(trace_id: str, span_id: str = "1") -> Span:
    return (trace_id, span_id, "", "call", "a:b", 0.0, 0.1, "ok", "", 1)


def head(trace_id: str, outcome: Outcome = Outcome.OK, duration_s: float = 0.01) -> TraceHead:
    return TraceHead(trace_id, "/browse", "default", outcome, "", 0.0, duration_s)


def test_the_spans_of_a_trace_come_back_in_their_order() -> None:
    ring = SpanRing()
    for span_id in "123":
        ring.add(span("t", span_id))
        ring.add(span("other", span_id))

    assert ring.of("t") == [span("t", "1"), span("t", "2"), span("t", "3")]
    assert ring.of("unknown") == []


def test_the_oldest_trace_is_forgotten_first() -> None:
    ring = SpanRing(limit_traces=2)
    for trace_id in ("first", "second", "first", "third"):
        ring.add(span(trace_id))

    assert ring.of("first") == []
    assert [len(ring.of(trace_id)) for trace_id in ("second", "third")] == [1, 1]


def test_what_is_older_than_anybody_asks_for_is_forgotten() -> None:
    ring = SpanRing()
    for trace_id, end_s in (("old", 1.0), ("recent", 2.0), ("new", 1.5 + OLD_S)):
        ring.add((trace_id, "1", "", "call", "a:b", 0.0, end_s, "ok", "", 1))

    assert [len(ring.of(trace_id)) for trace_id in ("old", "recent", "new")] == [0, 1, 1]


def test_a_span_of_nobodys_request_is_dropped() -> None:
    ring = SpanRing()
    ring.add(span(""))

    assert len(ring) == 0


@given(st.lists(st.integers(0, 30), max_size=300), st.integers(0, 10))
def test_the_ring_is_bounded(trace_numbers: list[int], limit: int) -> None:
    ring = SpanRing(limit)
    for number in trace_numbers:
        ring.add(span(f"t{number}"))

    assert len(ring) == min(limit, len(set(trace_numbers)))


def test_a_storm_in_one_trace_is_bounded() -> None:
    ring = SpanRing()
    for _ in range(SPANS_PER_TRACE + 50):
        ring.add(span("t"))

    assert len(ring.of("t")) == SPANS_PER_TRACE


def test_failed_requests_are_kept_before_slow_ones_before_others() -> None:
    keeper = Keeper(per_tick=3)
    for number in range(10):
        keeper.offer(head(f"usual-{number}"))
    keeper.offer(head("slow", duration_s=0.5))
    keeper.offer(head("slower", duration_s=0.9))
    keeper.offer(head("failed", Outcome.TIMED_OUT))

    assert [kept.trace_id for kept in keeper.take()] == ["failed", "slower", "slow"]


def test_without_anything_special_the_first_ordinary_ones_are_kept() -> None:
    keeper = Keeper(per_tick=2)
    for number in range(5):
        keeper.offer(head(f"usual-{number}"))

    assert [kept.trace_id for kept in keeper.take()] == ["usual-0", "usual-1"]
    assert keeper.take() == []


@given(
    st.lists(st.tuples(st.sampled_from(OUTCOMES), st.floats(0.0, 5.0)), max_size=60),
    st.integers(1, 4),
)
def test_the_choice_is_bounded_deterministic_and_prefers_what_failed(
    ends: list[tuple[Outcome, float]], per_tick: int
) -> None:
    keepers = [Keeper(per_tick), Keeper(per_tick)]
    for keeper in keepers:
        for number, (outcome, duration_s) in enumerate(ends):
            keeper.offer(head(str(number), outcome, duration_s))

    kept, again = (keeper.take() for keeper in keepers)

    good = (Outcome.OK, Outcome.DEGRADED)
    bad = sum(1 for outcome, _ in ends if outcome not in good)
    assert kept == again
    assert len(kept) == min(per_tick, len(ends))
    assert sum(1 for each in kept if each.outcome not in good) == min(per_tick, bad)
