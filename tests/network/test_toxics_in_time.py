"""Each toxic by itself, in a time that only moves when told: delays are exact here."""

from typing import Any

import pytest

from lab.cluster.links.toxics.bandwidth import BandwidthSettings
from lab.cluster.links.toxics.latency import LatencySettings
from lab.cluster.links.toxics.limit_data import LimitDataSettings
from lab.cluster.links.toxics.slow_close import SlowCloseSettings
from lab.cluster.links.toxics.stage import Ending, Stage
from lab.cluster.links.toxics.timeout import TimeoutSettings
from tests.network.stage_clock import StageClock


@pytest.fixture
def time() -> StageClock:
    return StageClock()


def feed(time: StageClock, stage: Stage[Any], data: bytes) -> None:
    stage.feed(data, time.now_s)


def end(time: StageClock, stage: Stage[Any], ending: Ending = Ending.FIN) -> None:
    stage.end(ending, time.now_s)


def test_latency_is_measured_from_each_chunks_arrival(time: StageClock) -> None:
    stage = time.stage("latency", latency=100)
    feed(time, stage, b"a")
    time.run(60)
    feed(time, stage, b"b")
    time.run(200)
    assert time.arrived == [(100, b"a"), (160, b"b")]


def test_latencies_in_a_chain_add_up(time: StageClock) -> None:
    stage = time.stage("latency", time.stage("latency", latency=50), latency=30)
    feed(time, stage, b"a")
    time.run(200)
    assert time.arrived == [(80, b"a")]


def test_a_late_timer_of_one_latency_does_not_add_to_the_next(time: StageClock) -> None:
    second = time.stage("latency", latency=50)
    time.run(20)
    second.feed(b"late", time.now_s - 0.020)  # the stage before was due 20 ms ago
    time.run(100)
    assert time.arrived == [(50, b"late")]


def test_the_end_is_not_delayed_by_latency_but_stays_behind_the_data(time: StageClock) -> None:
    stage = time.stage("latency", latency=100)
    feed(time, stage, b"a")
    end(time, stage)
    time.run(100)
    assert time.arrived == [(100, b"a"), (100, Ending.FIN)]
    end(time, time.stage("latency", latency=100))
    assert time.arrived[-1] == (100, Ending.FIN)


def test_jitter_varies_the_delay_both_ways_and_never_the_order(time: StageClock) -> None:
    stage = time.stage("latency", latency=100, jitter=40)
    time.chances = [1.0, 0.0, 0.5]
    for data in (b"slow", b"fast", b"mean"):
        feed(time, stage, data)
    time.run(99)
    assert time.arrived == []
    time.run(50)
    assert time.arrived == [(140, b"slow"), (140, b"fast"), (140, b"mean")]


def test_removing_latency_releases_all_at_once_and_in_order(time: StageClock) -> None:
    stage = time.stage("latency", latency=1000)
    feed(time, stage, b"a")
    feed(time, stage, b"b")
    end(time, stage)
    time.run(10)
    stage.release()
    assert time.arrived == [(10, b"a"), (10, b"b"), (10, Ending.FIN)]
    assert time.waiting == 0


def test_less_latency_lets_what_is_held_go_earlier(time: StageClock) -> None:
    stage = time.stage("latency", latency=1000)
    feed(time, stage, b"a")
    time.run(10)
    stage.retune(LatencySettings(latency=50))
    time.run(500)
    assert time.arrived == [(50, b"a")]


def test_latency_reads_on_until_a_megabyte_is_under_way(time: StageClock) -> None:
    stage = time.stage("latency", latency=100)
    for _ in range(16):
        feed(time, stage, bytes(65_536))
    assert not time.full
    feed(time, stage, b"one more")
    assert time.full == {stage}
    time.run(200)
    assert not time.full


def test_a_kilobyte_of_bandwidth_is_1000_bytes(time: StageClock) -> None:
    stage = time.stage("bandwidth", rate=10)
    feed(time, stage, bytes(500))
    feed(time, stage, bytes(500))
    time.run(1000)
    assert [at_ms for at_ms, _ in time.arrived] == [50, 100]


def test_bandwidth_sends_large_chunks_in_pieces_of_100_ms(time: StageClock) -> None:
    stage = time.stage("bandwidth", rate=10)
    feed(time, stage, bytes(2_500))
    end(time, stage)
    time.run(1000)
    sizes = [(at_ms, len(data)) for at_ms, data in time.arrived if isinstance(data, bytes)]
    assert sizes == [(100, 1000), (200, 1000), (250, 500)]
    assert time.arrived[-1] == (250, Ending.FIN)


def test_unused_bandwidth_is_not_saved_up(time: StageClock) -> None:
    stage = time.stage("bandwidth", rate=10)
    time.run(5000)
    feed(time, stage, bytes(1000))
    time.run(100)
    assert [at_ms for at_ms, _ in time.arrived] == [5100]


def test_a_rate_of_zero_stalls_until_it_is_raised(time: StageClock) -> None:
    stage = time.stage("bandwidth", rate=0)
    feed(time, stage, bytes(1000))
    end(time, stage)
    time.run(60_000)
    assert time.arrived == []
    stage.retune(BandwidthSettings(rate=10))
    time.run(1000)
    assert [at_ms for at_ms, _ in time.arrived] == [60_100, 60_100]


def test_bandwidth_holds_little_before_the_source_must_wait(time: StageClock) -> None:
    stage = time.stage("bandwidth", rate=1)
    feed(time, stage, bytes(65_537))
    assert time.full == {stage}
    stage.release()
    assert not time.full
    assert sum(len(data) for _, data in time.arrived if isinstance(data, bytes)) == 65_537


def test_slow_close_delays_the_end_only(time: StageClock) -> None:
    stage = time.stage("slow_close", delay=100)
    feed(time, stage, b"a")
    end(time, stage)
    time.run(99)
    assert time.arrived == [(0, b"a")]
    time.run(1)
    assert time.arrived == [(0, b"a"), (100, Ending.FIN)]


def test_removing_or_shortening_slow_close_ends_the_wait(time: StageClock) -> None:
    removed, shortened = (time.stage("slow_close", delay=10_000) for _ in range(2))
    end(time, removed)
    end(time, shortened)
    removed.release()
    time.run(20)
    shortened.retune(SlowCloseSettings(delay=50))
    time.run(100)
    assert time.arrived == [(0, Ending.FIN), (50, Ending.FIN)]


def test_timeout_drops_data_and_closes_so_long_after_the_last_byte(time: StageClock) -> None:
    stage = time.stage("timeout", timeout=100)
    time.run(80)
    feed(time, stage, b"dropped")
    time.run(99)
    assert time.arrived == []
    time.run(1)
    assert time.arrived == [(180, Ending.CLOSE)]


def test_timeout_closes_a_connection_that_never_sends(time: StageClock) -> None:
    time.stage("timeout", timeout=100)
    time.run(100)
    assert time.arrived == [(100, Ending.CLOSE)]


def test_timeout_of_zero_never_closes_and_swallows_the_end(time: StageClock) -> None:
    stage = time.stage("timeout", timeout=0)
    feed(time, stage, b"dropped")
    end(time, stage)
    time.run(3_600_000)
    assert time.arrived == []
    assert time.swallowed == 1


def test_removing_timeout_closes(time: StageClock) -> None:
    stage = time.stage("timeout", timeout=0)
    feed(time, stage, b"dropped")
    stage.release()
    assert time.arrived == [(0, Ending.CLOSE)]


def test_another_timeout_counts_from_the_last_byte(time: StageClock) -> None:
    stage = time.stage("timeout", timeout=0)
    feed(time, stage, b"dropped")
    time.run(60)
    stage.retune(TimeoutSettings(timeout=100))
    time.run(1000)
    assert time.arrived == [(100, Ending.CLOSE)]


def test_reset_peer_waits_for_the_first_byte(time: StageClock) -> None:
    stage = time.stage("reset_peer", timeout=50)
    time.run(1000)
    assert time.arrived == []
    feed(time, stage, b"never delivered")
    time.run(49)
    feed(time, stage, b"nor this, which does not start the time again")
    time.run(1)
    assert time.arrived == [(1050, Ending.RESET)]


def test_reset_peer_released_in_time_delivers_what_it_held(time: StageClock) -> None:
    stage = time.stage("reset_peer", timeout=50)
    feed(time, stage, b"a")
    end(time, stage)
    time.run(10)
    stage.release()
    time.run(1000)
    assert time.arrived == [(10, b"a"), (10, Ending.FIN)]


@pytest.mark.parametrize("chunks", [[b"1234567890"], [b"12345", b"67890"], [b"1"] * 5 + [b"2"] * 9])
def test_limit_data_passes_exactly_so_many_bytes(time: StageClock, chunks: list[bytes]) -> None:
    stage = time.stage("limit_data", bytes=7)
    for chunk in chunks:
        feed(time, stage, chunk)
    passed = b"".join(data for _, data in time.arrived if isinstance(data, bytes))
    assert passed == b"".join(chunks)[:7]
    assert time.arrived[-1] == (0, Ending.CLOSE)
    assert sum(item is Ending.CLOSE for _, item in time.arrived) == 1


def test_limit_data_closes_with_the_last_byte_not_the_next(time: StageClock) -> None:
    feed(time, time.stage("limit_data", bytes=3), b"123")
    assert time.arrived == [(0, b"123"), (0, Ending.CLOSE)]


def test_a_limit_of_zero_closes_on_the_first_byte(time: StageClock) -> None:
    feed(time, time.stage("limit_data", bytes=0), b"1")
    assert time.arrived == [(0, Ending.CLOSE)]


def test_another_limit_remembers_what_has_passed(time: StageClock) -> None:
    stage = time.stage("limit_data", bytes=10)
    feed(time, stage, b"12345")
    stage.retune(LimitDataSettings(bytes=7))
    feed(time, stage, b"67890")
    assert time.arrived == [(0, b"12345"), (0, b"67"), (0, Ending.CLOSE)]


def test_slices_vary_around_the_average_and_lose_nothing(time: StageClock) -> None:
    stage = time.stage("slicer", average_size=10, size_variation=5)
    time.chances = [0.0, 1.0, 0.5]
    feed(time, stage, bytes(range(100)))
    end(time, stage)
    time.run(0)
    pieces = [data for _, data in time.arrived if isinstance(data, bytes)]
    assert [len(piece) for piece in pieces][:4] == [5, 15, 10, 10]
    assert b"".join(pieces) == bytes(range(100))
    assert time.arrived[-1] == (0, Ending.FIN)


def test_slices_are_delayed_in_microseconds(time: StageClock) -> None:
    stage = time.stage("slicer", average_size=2, delay=10_000)
    feed(time, stage, b"abcdef")
    time.run(1000)
    assert time.arrived == [(0, b"ab"), (10, b"cd"), (20, b"ef")]


def test_a_slicer_without_a_size_does_not_hang(time: StageClock) -> None:
    feed(time, time.stage("slicer", average_size=0, size_variation=0), b"abc")
    time.run(0)
    assert [data for _, data in time.arrived] == [b"a", b"b", b"c"]


def test_removing_a_slicer_releases_the_rest_whole(time: StageClock) -> None:
    stage = time.stage("slicer", average_size=1, delay=1_000_000)
    feed(time, stage, b"abc")
    end(time, stage)
    time.run(0)
    stage.release()
    assert time.arrived == [(0, b"a"), (0, b"bc"), (0, Ending.FIN)]


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("latency", {"latency": 100}),
        ("bandwidth", {"rate": 1}),
        ("slow_close", {"delay": 100}),
        ("timeout", {"timeout": 100}),
        ("reset_peer", {"timeout": 100}),
        ("slicer", {"average_size": 1, "delay": 100}),
        ("limit_data", {"bytes": 100}),
    ],
)
def test_a_dropped_toxic_leaves_no_timer(
    time: StageClock, kind: str, attributes: dict[str, int]
) -> None:
    stage = time.stage(kind, **attributes)
    feed(time, stage, b"abc")
    end(time, stage)
    stage.drop()
    assert time.waiting == 0
    assert not time.full
