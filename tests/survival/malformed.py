"""Makes commands that are wrong in one way each; seeded, so that a failure can be repeated."""

from collections.abc import Callable
from random import Random
from typing import Any

from lab.cluster.scenarios.faults import FAULTS

Fields = dict[str, Any]

VALID: tuple[Fields, ...] = (
    {"command": "inject_fault", "kind": "errors", "target": "back", "params": {"ratio": 0.5},
     "after_s": 1.0, "duration_s": 2.0},
    {"command": "heal_fault", "fault": "f1"},
    {"command": "set_chain", "dependency": "front:back", "chain": [{"pattern": "retry"}]},
    {"command": "set_users", "rate_per_s": 10.0, "mix": [{"route": "/page", "share": 1.0}],
     "max_in_flight": 5, "patience_s": 1.0},
    {"command": "set_service", "service": "back", "replicas": 2, "capacity": 3, "queue": 4,
     "health": {"rise": 2}, "restart": {"restart": True}},
    {"command": "act", "target": "back-1", "action": "restart"},
    {"command": "log", "instance": "back-1"},
    {"command": "trace", "trace": "0" * 32},
    {"command": "reset"},
    {"command": "state"},
    {"command": "set_pace", "speed": 1.0, "paused": False},
    {"command": "step", "to": "moment"},
    {"command": "moment", "t": 1.0},
    {"command": "span", "from_t": 0.0, "to_t": 1.0},
)  # fmt: skip

JUNK: tuple[Any, ...] = (
    {}, [], [[]], {"a": 1}, "", "x" * 10_000, "\x00", "\ud800", "\u202e", -1, 10**400, 1e308,
    float("nan"), float("inf"), False, b"bytes", object(), (), {1: 2}, "front:back:", "a|b|c",
    "back-1→", "→", "🙂", "__class__", "../../etc/passwd", "' OR 1=1 --", "{}", "f999999",
)  # fmt: skip

NUMBERS = ("after_s", "duration_s", "rate_per_s", "max_in_flight", "patience_s", "replicas",
           "capacity", "queue", "speed", "t", "from_t", "to_t")  # fmt: skip


def nested(depth: int) -> list[Any]:
    """Return lists in lists."""
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def malformed(random: Random) -> Any:
    """Return one command that must be refused."""
    return random.choice(WAYS)(random, dict(random.choice(VALID)))


def _no_object(random: Random, fields: Fields) -> Any:
    return random.choice([None, 7, "reset", [], [fields], True, b"reset", 1.5, object()])


def _no_command(random: Random, fields: Fields) -> Any:
    fields["command"] = random.choice([*JUNK, None, 7, "Reset", "reset ", ["reset"]])
    return fields


def _a_field_too_much(random: Random, fields: Fields) -> Any:
    fields[random.choice(["extra", "", "Target", "__proto__", "\ud800", "x" * 1000])] = 1
    return fields


def _a_field_too_few(random: Random, fields: Fields) -> Any:
    needed = {"inject_fault": ["kind", "target"], "heal_fault": ["fault"], "log": ["instance"],
              "set_chain": ["dependency", "chain"], "act": ["target", "action"],
              "set_service": ["service"], "trace": ["trace"], "set_pace": ["speed", "paused"],
              "moment": ["t"], "span": ["from_t", "to_t"]}  # fmt: skip
    del fields[random.choice(needed.get(fields["command"], ["command"]))]
    return fields


def _a_name_of_nothing(random: Random, fields: Fields) -> Any:
    names = [key for key in ("kind", "target", "fault", "dependency", "service", "instance",
                             "trace", "action", "to") if key in fields]  # fmt: skip
    if not names:
        return _a_field_too_much(random, fields)
    fields[random.choice(names)] = random.choice([*JUNK, "bakc"])
    return fields


def _a_bad_number(random: Random, fields: Fields) -> Any:
    numbered = [command for command in VALID if command.keys() & set(NUMBERS)]
    fields = dict(random.choice(numbered))
    numbers = [key for key in NUMBERS if key in fields]
    bad = ["1", "", [], {}, True, -1, 10**400, float("nan"), float("-inf"), 1e300, object()]
    fields[random.choice(numbers)] = random.choice(bad)
    return fields


def _bad_parameters(random: Random, fields: Fields) -> Any:
    kind = random.choice([*FAULTS])
    target = {"users": "users", "zone": "a", "pair": "a|b", "link": "front-1→back-1"}.get(
        FAULTS[kind].targets[0], "back-1"
    )
    bad: list[Any] = [
        {"unknown": 1}, {"": 1}, [], "x", 7, None, {"ratio": nested(300)}, {1: 2}, {"mean_s": "1"},
        {"stream": nested(900)}, {"\ud800": 1}, {"factor": float("nan")}, {"bytes": -(10**400)},
    ]  # fmt: skip
    return {
        "command": "inject_fault",
        "kind": kind,
        "target": target,
        "params": random.choice(bad),
    }


def _a_bad_chain(random: Random, fields: Fields) -> Any:
    bad: list[Any] = [
        None, {}, "retry", [None], ["retry"], [[]], [{}], [{"pattern": "retri"}],
        [{"pattern": ["retry"]}], [{"pattern": {}}], [{"pattern": "retry", "attempts": "3"}],
        [{"pattern": "retry", "attempts": 10**400}], [{"pattern": "retry", "on": "failed"}],
        [{"pattern": "retry", "on": [[]]}], [{"pattern": "retry"}] * 2, [{"pattern": "retry"}] * 30,
        [{"pattern": "balance"}, {"pattern": "retry"}], [{"pattern": "balance", "enabled": False}],
        [{"pattern": "breaker", "enabled": "yes"}], [{"pattern": "timeout", "limit_s": -1}],
        [{"pattern": "retry", "base_s": 2.0, "cap_s": 1.0}], [{"pattern": nested(900)}],
        nested(900),
        [{"pattern": "\ud800"}], [{"pattern": "retry", "\ud800": 1}], [{"pattern": "x" * 10_000}],
    ]  # fmt: skip
    return {"command": "set_chain", "dependency": "front:back", "chain": random.choice(bad)}


def _bad_settings(random: Random, fields: Fields) -> Any:
    bad: list[Any] = [
        {"unknown": 1}, [], "x", {"interval_s": 0}, {"rise": 1.5}, {"base_s": 9.0, "cap_s": 1.0},
        {"crash_limit": True}, {"enabled": 1}, {"timeout_s": nested(900)}, {"\ud800": 1},
    ]  # fmt: skip
    field = random.choice(["health", "restart"])
    return {"command": "set_service", "service": "back", "capacity": 9, field: random.choice(bad)}


def _a_bad_mix(random: Random, fields: Fields) -> Any:
    bad: list[Any] = [
        [], {}, "x", [{}], [{"route": "/none", "share": 1}], [{"route": "/page", "share": 0}],
        [{"route": "/page", "share": -1}], [{"route": "/page", "share": 1, "priority": "vip"}],
        [{"route": "/page", "share": float("inf")}], [{"route": "/page", "share": 1}] * 30,
        [{"route": 1, "share": 1}], [{"route": "/page", "share": True}], nested(900),
    ]  # fmt: skip
    return {"command": "set_users", "rate_per_s": 1.0, "mix": random.choice(bad)}


WAYS: tuple[Callable[[Random, Fields], Any], ...] = (
    _no_object, _no_command, _a_field_too_much, _a_field_too_few, _a_name_of_nothing,
    _a_bad_number, _bad_parameters, _a_bad_chain, _bad_settings, _a_bad_mix,
)  # fmt: skip
