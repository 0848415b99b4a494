"""Storms, backlogs and contention end, or do not, as the formulas and the papers say."""

from tests.bench.faithful import backoffs, storms
from tests.faithful.kept import not_kept


def test_a_storm_stays_only_where_load_and_retries_exceed_the_capacity() -> None:
    assert not not_kept(storms.edge(1, ((65, 1), (85, 1))))


def test_a_backlog_lasts_the_outage_times_load_over_what_is_left_of_it() -> None:
    assert not not_kept(storms.catch_up(0.7, 10.0, 6))


def test_work_under_contention_is_that_of_the_published_simulator() -> None:
    assert not not_kept(backoffs.published(50, 60))


def test_a_queue_that_outlasts_the_patience_is_busy_for_nothing() -> None:
    assert not not_kept(storms.drown(49, 3))
