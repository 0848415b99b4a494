"""Commands are typed at the edge, and what is wrong with one is said in one shape."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.cluster.steering.commands import (
    CommandError,
    InjectFault,
    SetService,
    SetUsers,
    parse_command,
    unknown,
)


def error_of(fields: Any) -> CommandError:
    with pytest.raises(CommandError) as raised:
        parse_command(fields)
    return raised.value


def test_a_command_is_typed() -> None:
    command = parse_command(
        {"command": "inject_fault", "kind": "hang", "target": "payments", "duration_s": 2}
    )
    assert isinstance(command, InjectFault)
    assert (command.kind, command.target, command.params) == ("hang", "payments", {})
    assert (command.after_s, command.duration_s) == (0.0, 2.0)


def test_an_unbounded_queue_is_not_the_same_as_no_word_about_the_queue() -> None:
    silent = parse_command({"command": "set_service", "service": "catalog"})
    unbounded = parse_command({"command": "set_service", "service": "catalog", "queue": None})
    assert isinstance(silent, SetService)
    assert isinstance(unbounded, SetService)
    assert "queue" not in silent.model_fields_set
    assert "queue" in unbounded.model_fields_set


@pytest.mark.parametrize(
    ("fields", "code", "field", "hint"),
    [
        ({}, "unknown_command", "command", "inject_fault"),
        ({"command": "explode"}, "unknown_command", "command", "inject_fault"),
        ({"command": 7}, "unknown_command", "command", "inject_fault"),
        ({"command": None}, "unknown_command", "command", "inject_fault"),
        ({"command": ["reset"]}, "unknown_command", "command", "inject_fault"),
        ({"command": "reset", "now": True}, "unknown_field", "now", "True"),
        ({"command": "inject_fault", "kind": "hang"}, "invalid", "target", ""),
        ({"command": "inject_fault", "kind": "hang", "target": ""}, "invalid", "target", "1"),
        ({"command": "set_users", "rate_per_s": -1}, "invalid", "rate_per_s", "0"),
        ({"command": "set_users", "rate_per_s": 1e9}, "invalid", "rate_per_s", "1000"),
        ({"command": "set_users", "rate_per_s": "fast"}, "invalid", "rate_per_s", "'fast'"),
        ({"command": "set_users", "rate_per_s": "40"}, "invalid", "rate_per_s", "'40'"),
        ({"command": "set_users", "rate_per_s": True}, "invalid", "rate_per_s", "True"),
        ({"command": "set_users", "rate_per_s": float("nan")}, "invalid", "rate_per_s", "nan"),
        ({"command": "set_users", "rate_per_s": float("inf")}, "invalid", "rate_per_s", "inf"),
        ({"command": "set_users", "rate_per_s": 10**400}, "invalid", "rate_per_s", ""),
        ({"command": "set_users", "max_in_flight": 0}, "invalid", "max_in_flight", "1"),
        ({"command": "set_users", "max_in_flight": 2.5}, "invalid", "max_in_flight", "2.5"),
        ({"command": "set_users", "mix": []}, "invalid", "mix", ""),
        ({"command": "set_users", "mix": [{"route": "/"}]}, "invalid", "mix.0.share", ""),
        (
            {"command": "set_users", "mix": [{"route": "/", "share": 1, "priority": "vip"}]},
            "invalid", "mix.0.priority", "critical",
        ),
        ({"command": "set_service", "service": "a", "replicas": 9999}, "invalid", "replicas",
         "1000"),
        ({"command": "set_service", "service": "a", "replicas": True}, "invalid", "replicas", ""),
        ({"command": "set_chain", "dependency": "a:b", "chain": "retry"}, "invalid", "chain", ""),
        ({"command": "set_chain", "dependency": "a:b", "chain": [1]}, "invalid", "chain.0", "1"),
        ({"command": "act", "target": "a", "action": "explode"}, "invalid", "action", "restart"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_field_and_what_is_allowed(
    fields: Any, code: str, field: str, hint: str
) -> None:
    error = error_of(fields)
    assert (error.code, error.field) == (code, field)
    assert hint in error.hint
    assert error.message


@pytest.mark.parametrize("fields", [None, 7, "reset", [], [{"command": "reset"}], b"act"])
def test_what_is_no_object_is_no_command(fields: Any) -> None:
    assert error_of(fields).code in ("invalid", "unknown_command")


def test_a_long_value_is_not_repeated_in_full() -> None:
    error = error_of({"command": "set_users", "rate_per_s": "x" * 100_000})
    assert len(error.hint) < 200


def test_an_error_has_exactly_four_fields() -> None:
    assert error_of({"command": "explode"}).plain().keys() == {"code", "message", "field", "hint"}


def test_a_name_that_does_not_exist_proposes_the_nearest() -> None:
    error = unknown("target", "paymnts", ["payments", "payments-1", "catalog"], "target")
    assert (error.code, error.field) == ("unknown_target", "target")
    assert error.message == "there is no target named 'paymnts'"
    assert error.hint == "did you mean payments, payments-1?"


def test_a_name_like_none_lists_what_exists() -> None:
    assert unknown("fault", "zzz", ["f1", "f2"], "fault").hint == "there are: f1, f2"
    assert unknown("fault", "zzz", [], "fault").hint == "there are none"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["inject_fault", "heal_fault", "set_chain", "set_users", "set_service", "act", "reset",
     "state", "log", "trace"]
)  # fmt: skip
FIELDS = st.sampled_from(
    ["kind", "target", "params", "after_s", "duration_s", "fault", "dependency", "chain", "mix",
     "rate_per_s", "service", "replicas", "queue", "health", "instance", "trace", "action"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(NAMES, st.dictionaries(FIELDS | st.text(max_size=9), JSON, max_size=5))
def test_anything_is_either_a_command_or_an_error_that_can_be_sent(
    name: str, fields: dict[str, Any]
) -> None:
    try:
        parse_command({**fields, "command": name})
    except CommandError as error:
        plain = error.plain()
        assert msgspec.json.decode(msgspec.json.encode(plain)) == plain
        assert all(isinstance(value, str) for value in plain.values())


def test_a_field_that_is_no_unicode_is_an_error_that_can_be_sent() -> None:
    for fields in (
        {"command": "reset", "\ud800": 1},
        {"command": "inject_fault", "kind": "\ud800", "target": "\udfff"},
        {"command": "\ud800"},
    ):
        msgspec.json.encode(error_of(fields).plain())


def test_rates_and_bounds_at_their_ends_are_allowed() -> None:
    command = parse_command({"command": "set_users", "rate_per_s": 0, "max_in_flight": 5000})
    assert isinstance(command, SetUsers)
    assert (command.rate_per_s, command.max_in_flight) == (0.0, 5000)
