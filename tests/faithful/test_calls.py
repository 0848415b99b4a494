"""Calls multiply, are lost and are spread as closed form says."""

import pytest

from tests.bench.faithful import availability, balances, calls, sized
from tests.faithful.kept import not_kept


def test_four_attempts_at_three_layers_are_sixty_four_calls_and_at_one_layer_four() -> None:
    assert not not_kept(calls.amplification(1.0, 4, 60, 2))
    assert not not_kept(calls.at_the_top_only(100))


def test_tries_stop_at_the_first_success() -> None:
    assert not not_kept(calls.amplification(0.5, 4, 800, 4))


def test_a_hundred_rare_waits_make_two_pages_of_three_slow() -> None:
    assert not not_kept(calls.fan_out(600, 1))


def test_a_toxic_hits_its_share_of_the_connections_each_by_itself() -> None:
    assert not not_kept(calls.toxicity(0.3, 6))


def test_what_fails_and_is_repaired_is_up_as_long_as_it_is_told_to_be() -> None:
    assert not not_kept(availability.availability(3, 0.75, 9.0, 6))


def test_two_choices_have_the_tail_of_the_mean_field() -> None:
    assert not not_kept(balances.mean_field(0.9, 100_000, 1))


@pytest.mark.parametrize("threshold", [0.3, 0.5])
def test_a_breaker_over_three_shards_breaks_all_when_one_is_enough(threshold: float) -> None:
    assert not not_kept(sized.breaker_over_shards(threshold, 100.0))
