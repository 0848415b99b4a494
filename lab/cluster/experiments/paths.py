"""Names for the parts of a scenario that an experiment may change.

::

    users.rate_per_s                                       the keys of the file, with dots between
    services.orders.routes./buy.work.mean_s
    services.web.routes[/v1.2].work.mean_s                 a key that has a dot stands in brackets
    faults.0.duration_s   faults[0].duration_s             an item of a list by its place, from 0
    dependencies.gateway:payments.chain.retry.attempts     a layer of a chain by its pattern's name

Whatever the file may say has a path, also where the file leaves it out; words for people (titles,
descriptions) have none, since they change nothing.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import msgspec

from lab.cluster.experiments.errors import ExperimentError
from lab.cluster.scenarios.faults import FAULTS
from lab.cluster.scenarios.positions import Path
from lab.cluster.scenarios.scenario import Scenario
from lab.patterns.chain import plain_chain
from lab.patterns.parameters import parse, plain

CHAIN = "chain"
PATTERN = "pattern"

MOST_NAMED = 3
LONG = 200

_WORDS = frozenset({"name", "title", "description", "suggestion"})
_PART = re.compile(r"\[([^\]]+)\]|([^.\[\]]+)")
_NEEDS_BRACKETS = re.compile(r"[.\[\]]")

Plain = dict[str, Any]


def parse_path(text: str, field: str = "set") -> Path:
    """Return the parts that ``text`` names. Raises ExperimentError for what is no path."""
    parts: list[str | int] = []
    at = 0
    while at < len(text):
        if parts and text[at] == ".":
            at += 1
        found = _PART.match(text, at)
        if found is None or (parts and text[at - 1] != "." and found[1] is None):
            break
        part = found[1] or found[2]
        parts.append(int(part) if part.isdecimal() and len(part) < 6 else part)
        at = found.end()
    if not parts or at < len(text) or text.endswith("."):
        raise ExperimentError(
            field, f"{text[:LONG]!r} is not a path", "write it like users.rate_per_s"
        )
    return tuple(parts)


def show_path(path: Path) -> str:
    """Return the text that ``parse_path`` reads as ``path``."""
    text = ""
    for part in path:
        if isinstance(part, str) and _NEEDS_BRACKETS.search(part):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else str(part)
    return text


def whole(scenario: Scenario) -> Plain:
    """Return all that the file says or could have said: every default and every layer written."""
    data: Plain = scenario.model_dump(by_alias=True, mode="json")
    _, *others = scenario.dependencies()
    data["dependencies"] = {each.name: {CHAIN: plain_chain(each.chain)} for each in others}
    for fault in data["faults"]:
        fault["params"] = plain(parse(FAULTS[fault["kind"]].settings, fault["params"]))
    plain_data: Plain = msgspec.to_builtins(data)  # no tuple, no mapping that cannot be changed
    return plain_data


def offered(scenario: Scenario) -> dict[Path, object]:
    """Return every path of a scenario with the value that it has there."""
    return dict(_paths(whole(scenario), ()))


def look_up(data: object, path: Path) -> object:
    """Return what is at ``path``. Raises KeyError where there is nothing."""
    for place, part in enumerate(path):
        data = inside(data, path[:place])[part]
    return data


def inside(data: object, path: Path) -> dict[Any, Any]:
    """Return the parts of what is at ``path`` by the names that a path has for them."""
    if isinstance(data, dict):
        return data
    if not isinstance(data, list):
        return {}
    if is_chain(path):
        return {entry.get(PATTERN): entry for entry in data if isinstance(entry, dict)}
    return dict(enumerate(data))


def is_chain(path: Path) -> bool:
    """Whether the list at ``path`` is a chain."""
    return path[-1:] == (CHAIN,)


def unknown_path(text: str, known: dict[Path, object], field: str) -> ExperimentError:
    """Return the error for a path that does not exist; it names the nearest ones."""
    names = [show_path(path) for path in known]
    near = get_close_matches(text[:LONG], names, n=MOST_NAMED, cutoff=0.5)
    last = text[:LONG].rpartition(".")[2]
    near += [name for name in names if name.endswith(f".{last}") and name not in near]
    hint = f"did you mean {' or '.join(near[:MOST_NAMED])}?" if near else "see the scenario's file"
    return ExperimentError(field, f"this scenario has no {text[:LONG]}", hint)


def _paths(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    for part, value in inside(data, path).items():
        here = (*path, part)
        if part in _WORDS and path in ((), ("services", *path[1:2])):
            continue
        if is_chain(path[:-1]) and part == PATTERN:
            continue
        yield here, value
        yield from _paths(value, here)
