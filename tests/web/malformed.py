"""Commands that no lab may obey: sound ones, each spoiled in one way. Seeded."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Command = dict[str, Any]

SOUND: tuple[Command, ...] = (
    {"command": "inject_fault", "kind": "hang", "target": "callee-1"},
    {
        "command": "inject_fault",
        "kind": "latency",
        "target": "callee",
        "params": {"kind": "fixed", "mean_s": 0.2},
        "duration_s": 3.0,
    },
    {"command": "heal_fault", "fault": "f1"},
    {"command": "set_chain", "dependency": "caller:callee", "chain": [{"pattern": "retry"}]},
    {"command": "set_users", "rate_per_s": 20.0},
    {"command": "set_service", "service": "callee", "replicas": 2},
    {"command": "act", "target": "callee-1", "action": "restart"},
    {"command": "log", "instance": "callee-1"},
    {"command": "trace", "trace": "none"},
    {"command": "set_pace", "speed": 2.0, "paused": False},
    {"command": "step", "to": "frame"},
    {"command": "moment", "t": 1.0},
    {"command": "span", "from_t": 0.0, "to_t": 1.0},
)

JUNK: tuple[Any, ...] = (
    None, True, -1, 10**30, 1e308, "", "x" * 300, "\x00", "🙂", "payments-1; rm -rf /", [], {},
    [[[[]]]], {"a": {"b": {"c": []}}}, ["callee-1"], {"__proto__": 1}, "../../etc/passwd",
)  # fmt: skip

TEXTS: tuple[str, ...] = (
    "", " ", "nul", "{", "}", "[]", "[1, 2]", "42", '"text"', "NaN", '{"command"}',
    "{'command': 1}",
    '{"command": "reset",}', '{"command": NaN}', '{"command": 1e999}', "[" * 5000, '{"a":' * 3000,
    '"\\ud800"', "\ufeff{}", "<xml/>", "command=reset", "\x00\x01\x02",
)  # fmt: skip


def spoiled(count: int, seed: int) -> Iterator[Command]:
    """Yield ``count`` commands, each wrong in exactly one way."""
    chance = random.Random(seed)
    spoil: tuple[Callable[[Command, random.Random], None], ...] = (
        _without_a_field,
        _with_an_unknown_field,
        _with_junk,
        _with_an_unknown_name,
        _with_another_command,
        _out_of_range,
    )
    while count:
        command = json.loads(json.dumps(chance.choice(SOUND)))
        chance.choice(spoil)(command, chance)
        if command not in SOUND:
            count -= 1
            yield command


def _fields(command: Command) -> list[str]:
    return [field for field in command if field != "command"]


def _without_a_field(command: Command, chance: random.Random) -> None:
    required = [field for field in _fields(command) if field not in OPTIONAL]
    del command[chance.choice(required or ["command"])]


def _with_an_unknown_field(command: Command, chance: random.Random) -> None:
    command[f"field_{chance.randrange(1000)}"] = chance.choice(JUNK)


def _with_junk(command: Command, chance: random.Random) -> None:
    field = chance.choice(
        [each for each in _fields(command) if each not in OPTIONAL] or ["command"]
    )
    command[field] = chance.choice(
        [junk for junk in JUNK if junk not in ([], None, {}, True, 1e308)]
    )


def _with_an_unknown_name(command: Command, chance: random.Random) -> None:
    names = [field for field in NAMES if field in command]
    command[chance.choice(names or ["command"])] = f"nobody-{chance.randrange(1000)}"


def _with_another_command(command: Command, chance: random.Random) -> None:
    command["command"] = chance.choice(
        ["start", "stop", "lease", "RESET", "set_chain ", "", 7, None]
    )


def _out_of_range(command: Command, chance: random.Random) -> None:
    field, values = OUT_OF_RANGE.get(command["command"], ("extra", (1,)))
    command[field] = chance.choice(values)


OUT_OF_RANGE: dict[str, tuple[str, tuple[Any, ...]]] = {
    "inject_fault": ("after_s", (-1.0, 1e9, "soon")),
    "set_users": ("rate_per_s", (-1.0, 1e9, "many")),
    "set_service": ("replicas", (-1, 0, 1000, 1.5, "two")),
    "set_pace": ("speed", (-1.0, 0.0, 0.2, 1001.0, "fast")),
    "step": ("to", ("moments", 1, -1.0)),
    "moment": ("t", (-1.0, 1e9, "now")),
    "span": ("to_t", (-1.0, 1e9, "now")),
    "set_chain": (
        "chain",
        (
            [{"pattern": "retry", "attempts": 0}],
            [{"pattern": "retry", "attempts": "many"}],
            [{"pattern": "retry"}, {"pattern": "retry"}],
            [{"pattern": "magic"}],
            [{"attempts": 3}],
            [{"pattern": "breaker", "failure_ratio": 2.0}],
            [{"pattern": "timeout", "limit_s": True}],
            [[]],
            "retry",
        ),
    ),
}


OPTIONAL = ("params", "duration_s", "rate_per_s", "replicas", "to")
NAMES = ("kind", "target", "fault", "dependency", "service", "action", "instance", "trace")
