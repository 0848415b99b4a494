from hypothesis import given
from hypothesis import strategies as st

from lab.telemetry.history import EVENTS, TRACES, History
from lab.telemetry.outcome import Outcome
from lab.telemetry.row import Row
from lab.telemetry.trace import TraceHead


def row(t: float, layers: dict[str, float] | None = None) -> Row:
    return Row(t, 60.0, 50.0, 1.0, 2.0, 3.0, 0.0, 0.0, 4.0, 10.0, 20.0, None, layers or {})


def test_a_late_joiner_gets_five_minutes_in_columns() -> None:
    history = History()
    for n in range(1000):
        history.add_row(row(n / 2))

    columns = history.columns()

    assert columns["t"] == [n / 2 for n in range(400, 1000)]
    assert columns["short_circuited"] == [4.0] * 600
    assert columns["p99_ms"] == [None] * 600
    assert list(columns) == [
        "t", "offered", "ok", "degraded", "failed", "timed_out", "refused", "shed",
        "short_circuited", "p50_ms", "p95_ms", "p99_ms", "layers",
    ]  # fmt: skip


def test_layers_are_columns_with_gaps_where_a_row_has_none() -> None:
    history = History()
    for layers in ({"gateway": 1.0}, {}, {"gateway": 1.0, "catalog": 2.5}):
        history.add_row(row(0.5, layers))

    assert history.columns()["layers"] == {
        "gateway": [1.0, None, 1.0],
        "catalog": [None, None, 2.5],
    }


def test_an_empty_history_has_empty_columns() -> None:
    columns = History().columns()

    assert columns.pop("layers") == {}
    assert set(map(tuple, columns.values())) == {()}  # type: ignore[arg-type]


def test_events_and_traces_are_bounded_and_the_oldest_go_first() -> None:
    history = History()
    for n in range(3000):
        history.add_event({"id": n})
        history.add_trace(TraceHead(str(n), "/", "default", Outcome.OK, "", 0.0, 0.1))

    assert [event["id"] for event in history.events] == list(range(3000 - EVENTS, 3000))
    assert [head.trace_id for head in history.traces] == [
        str(n) for n in range(3000 - TRACES, 3000)
    ]


def test_a_cleared_history_is_empty() -> None:
    history = History()
    history.add_row(row(0.5))
    history.add_event({"id": 1})
    history.add_trace(TraceHead("t", "/", "default", Outcome.OK, "", 0.0, 0.1))

    history.clear()

    assert (history.events, history.traces, history.columns()["t"]) == ([], [], [])


@given(st.floats(0.5, 60.0), st.integers(0, 200))
def test_the_columns_are_as_long_as_each_other_and_bounded(seconds: float, count: int) -> None:
    history = History(seconds)
    for n in range(count):
        history.add_row(row(n / 2, {"gateway": 1.0}))

    columns = history.columns()
    layers = columns.pop("layers")

    assert isinstance(layers, dict)
    lengths = {len(column) for column in [*columns.values(), *layers.values()]}
    assert lengths == {min(count, int(seconds * 2))}
