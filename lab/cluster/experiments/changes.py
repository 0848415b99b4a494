"""Changes of a scenario's plain data, made before it is checked."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lab.cluster.experiments.errors import ExperimentError
from lab.cluster.experiments.paths import (
    PATTERN,
    inside,
    is_chain,
    look_up,
    offered,
    parse_path,
    show_path,
    unknown_path,
)
from lab.cluster.scenarios.findings import Finding
from lab.cluster.scenarios.limits import VIRTUAL
from lab.cluster.scenarios.positions import Path, shown
from lab.cluster.scenarios.scenario import Scenario, check_data
from lab.patterns.chain import DEFAULT_ORDER

Plain = dict[str, Any]


def changed(
    data: Plain, scenario: Scenario, changes: Mapping[str, object], field: str
) -> tuple[Plain, Scenario]:
    """Return ``data`` (that of ``scenario``) with values set by path, and the scenario it makes.

    A list may be made longer by one: ``faults.0.kind`` where there are no faults. Raises
    ExperimentError for a path that does not exist, and with the scenario's own words for a value
    that it does not take.
    """
    known = offered(scenario)
    data = _copy(data)
    for text, value in changes.items():
        _set(data, _checked(text, known, data, field), value, known, field)
    found, findings = check_data(data, VIRTUAL)
    if found is None:
        raise _error(next(each for each in findings if each.level == "error"), data, field)
    return data, found


def _checked(text: str, known: dict[Path, object], data: Plain, field: str) -> Path:
    """Return the path if the scenario has it, or it is in an item that a list had not before."""
    path = parse_path(text, field)
    if path not in known and not _is_in_new_item(path, known, data):
        raise unknown_path(text, known, field)
    return path


def _is_in_new_item(path: Path, known: dict[Path, object], data: Plain) -> bool:
    for place, part in enumerate(path):
        holder = path[:place]
        if isinstance(part, int) and not is_chain(holder) and (*holder, part) not in known:
            try:
                return part <= len(inside(look_up(data, holder), holder))
            except KeyError:
                return part == 0 and holder in known
    return False


def _set(data: Plain, path: Path, value: object, known: dict[Path, object], field: str) -> None:
    """Set a value; what the file leaves out on the way to it is written as it is by default."""
    holder: Any = data
    for place, part in enumerate(path[:-1]):
        here, parts = path[: place + 1], inside(holder, path[:place])
        if part not in parts:
            usual = known.get(here, [] if isinstance(path[place + 1], int) else {})
            _put(holder, here, _copy(usual))
            parts = inside(holder, path[:place])
        holder = parts[part]
        if not isinstance(holder, dict | list):
            message = f"nothing can be set inside {show_path(here)}, which is {shown(holder)}"
            raise ExperimentError(field, message, "set it as a whole, such as [] or {}")
    _put(holder, path, value)


def _put(holder: Any, path: Path, value: object) -> None:
    """Put a value at the end of ``path`` into what holds it."""
    part = path[-1]
    if isinstance(holder, dict):
        holder[part] = value
    elif is_chain(path[:-1]):
        _put_layer(holder, str(part), value)
    elif part == len(holder):
        holder.append(value)
    else:
        holder[part] = value


def _put_layer(chain: list[Any], pattern: str, value: object) -> None:
    """Replace the layer of a chain, or put it where an authored chain would have it."""
    names = [entry.get(PATTERN) if isinstance(entry, dict) else None for entry in chain]
    layer = {**value, PATTERN: pattern} if isinstance(value, dict) else value
    if pattern in names:
        chain[names.index(pattern)] = layer
        return
    before = DEFAULT_ORDER[: DEFAULT_ORDER.index(pattern)]
    place = max((names.index(each) + 1 for each in before if each in names), default=0)
    chain.insert(place, layer)


def _copy(data: Any) -> Any:
    """Return a copy in which nothing is shared, also not what the file repeats by aliases."""
    return msgspec.json.decode(msgspec.json.encode(data))


def _error(finding: Finding, data: Plain, field: str) -> ExperimentError:
    path = show_path(_named(finding.path, data))
    message = f"{path}: {finding.message}" if path else finding.message
    return ExperimentError(field, message, finding.hint)


def _named(path: Path, data: object) -> Path:
    """Return the path with layers of chains by their pattern, as people set them."""
    named: Path = ()
    for place, part in enumerate(path):
        parts = dict(enumerate(data)) if isinstance(data, list) else inside(data, ())
        data, name = parts.get(part), part
        if is_chain(path[:place]) and isinstance(data, dict):
            name = data.get(PATTERN, part)
        named = (*named, name)
    return named
