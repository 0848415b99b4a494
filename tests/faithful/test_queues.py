"""An instance is the queue that it says it is: exactly, request by request."""

import pytest

from tests.bench.faithful import queues, storms
from tests.faithful.kept import not_kept


@pytest.mark.parametrize("workers", [1, 4])
def test_every_request_takes_as_long_as_lindley_s_recursion_says(workers: int) -> None:
    assert not not_kept(queues.draw_for_draw(0.9, 6_000, 7, workers))


def test_a_million_of_our_draws_wait_as_long_as_the_textbook_says() -> None:
    assert not not_kept(queues.by_hand(0.8, 1_000_000, 8))


def test_without_a_queue_erlang_s_share_is_turned_away_however_the_work_is_spread() -> None:
    assert not not_kept(queues.loss(20, 20.0, 6_000, 8))


def test_fixed_work_waits_half_as_long_as_exponential_work() -> None:
    assert not not_kept(queues.md1(0.7, 8_000, 8))


def test_every_frame_counts_who_is_there_and_keeps_little_s_law() -> None:
    assert not not_kept(queues.little(80.0, 1))


def test_who_leaves_the_queue_or_the_work_makes_room_at_that_moment() -> None:
    assert not not_kept(storms.cancelled(None, 1))
