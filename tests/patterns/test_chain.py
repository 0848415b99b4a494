"""A chain is the learner's order, made complete."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns import DEFAULT_ORDER, PATTERNS, ParameterError, parse_chain, plain_chain
from lab.patterns.retry import RetrySettings


def order(*names: str) -> list[str]:
    return [layer.pattern for layer in parse_chain([{"pattern": name} for name in names])]


def refused(entries: Any) -> ParameterError:
    with pytest.raises(ParameterError) as caught:
        parse_chain(entries)
    return caught.value


def test_an_empty_chain_has_everything_switched_off_but_the_balance() -> None:
    layers = parse_chain([])
    assert tuple(layer.pattern for layer in layers) == DEFAULT_ORDER
    assert [layer.pattern for layer in layers if layer.enabled] == ["balance"]


def test_the_breaker_sees_the_timeout_of_an_attempt() -> None:
    """Pitfall 14: outside the breaker, a timeout would cut it off before it can count a failure."""
    assert DEFAULT_ORDER.index("breaker") < DEFAULT_ORDER.index("attempt_timeout")


def test_a_named_pattern_is_enabled_with_its_parameters() -> None:
    layers = parse_chain([{"pattern": "retry", "attempts": 5, "jitter": "equal"}])
    retry = next(layer for layer in layers if layer.pattern == "retry")
    assert retry.enabled
    assert retry.settings == RetrySettings(attempts=5, jitter="equal")


def test_a_pattern_can_be_kept_with_its_settings_and_switched_off() -> None:
    layers = parse_chain([{"pattern": "bulkhead", "enabled": False, "permits": 3}])
    bulkhead = next(layer for layer in layers if layer.pattern == "bulkhead")
    assert not bulkhead.enabled
    assert bulkhead.settings.permits == 3


def test_the_learners_order_is_kept_and_the_rest_finds_its_place() -> None:
    swapped = order("breaker", "retry")
    assert swapped[-2:] == ["retry", "balance"]
    assert [name for name in swapped if name != "retry"] == [
        name for name in DEFAULT_ORDER if name != "retry"
    ]
    first = order("attempt_timeout", "fallback")
    moved = ["attempt_timeout", "outlier"]  # what is not named stays behind its predecessor
    assert first == [*moved, *(name for name in DEFAULT_ORDER if name not in moved)]


CHAINS = st.lists(st.sampled_from(DEFAULT_ORDER[:-1]), unique=True)


@given(CHAINS, st.booleans())
def test_every_chain_is_complete_keeps_its_order_and_ends_in_the_balance(
    names: list[str], with_balance: bool
) -> None:
    made = order(*names, *(["balance"] if with_balance else []))
    assert sorted(made) == sorted(DEFAULT_ORDER)
    assert made[-1] == "balance"
    assert [name for name in made if name in names] == names


@given(CHAINS, st.data())
def test_a_chain_survives_being_made_plain(names: list[str], data: st.DataObject) -> None:
    entries = [{"pattern": name, "enabled": data.draw(st.booleans())} for name in names]
    layers = parse_chain(entries)
    assert parse_chain(plain_chain(layers)) == layers


@pytest.mark.parametrize(
    ("entries", "field", "message", "hint"),
    [
        (
            [{"pattern": "retry", "attempts": 0}],
            "chain[0].attempts",
            "must be a whole number from 1 to 10 attempts, not 0",
            "",
        ),
        (
            [{"pattern": "timeout"}, {"pattern": "retry", "atempts": 2}],
            "chain[1].atempts",
            "there is no parameter 'atempts'",
            "did you mean 'attempts'?",
        ),
        (
            [{"pattern": "retry", "base_s": 2.0, "cap_s": 1.0}],
            "chain[0].cap_s",
            "must be at least base_s (2 s), not 1 s",
            "the cap is the longest wait, base_s the first",
        ),
        (
            [{"pattern": "braker"}],
            "chain[0].pattern",
            "no pattern of a chain is named 'braker'",
            "did you mean 'breaker'?",
        ),
        (
            [{"enabled": True}],
            "chain[0].pattern",
            "no pattern of a chain is named None",
            "there are: " + ", ".join(sorted(DEFAULT_ORDER)),
        ),
        (
            [{"pattern": "retry"}, {"pattern": "retry"}],
            "chain[1].pattern",
            "retry stands in the chain twice",
            "each pattern has one place",
        ),
        (
            [{"pattern": "retry", "enabled": "yes"}],
            "chain[0].enabled",
            "must be true or false, not 'yes'",
            "",
        ),
        (
            [{"pattern": "balance", "enabled": False}],
            "chain[0].enabled",
            "balance cannot be switched off",
            "something has to choose the instance",
        ),
        (
            [{"pattern": "balance"}, {"pattern": "retry"}],
            "chain[0].pattern",
            "balance must be the last of the chain",
            "it chooses the instance of each attempt",
        ),
        (
            ["retry"],
            "chain[0]",
            "must be an object, not 'retry'",
            'write it as {"pattern": "retry", "attempts": 3}',
        ),
        ({"pattern": "retry"}, "chain", "must be a list of patterns, not {'pattern': 'retry'}", ""),
        ("retry", "chain", "must be a list of patterns, not 'retry'", ""),
        (None, "chain", "must be a list of patterns, not None", ""),
    ],
)
def test_a_wrong_chain_says_where_and_what(
    entries: Any, field: str, message: str, hint: str
) -> None:
    error = refused(entries)
    assert (error.field, error.message, error.hint) == (field, message, hint)


def test_health_and_supervision_belong_to_a_service_not_to_a_chain() -> None:
    for name in set(PATTERNS) - set(DEFAULT_ORDER):
        assert refused([{"pattern": name}]).field == "chain[0].pattern"
