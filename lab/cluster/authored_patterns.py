"""Chains and settings of patterns inside a scenario, parsed and described by the patterns room."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from lab.cluster.positions import shown
from lab.patterns import PATTERNS
from lab.patterns.chain import DEFAULT_ORDER, Layer, parse_chain, plain_chain
from lab.patterns.health import HealthSettings
from lab.patterns.parameters import ParameterError, parse, plain, schema
from lab.patterns.supervision import SupervisionSettings

SETTINGS_ERROR = "settings"

MAX_LAYERS = 20

Loc = tuple[str | int, ...]
Found = tuple[Loc, str, str]
"""Where inside the value, what is wrong, and a hint."""

Parsed = TypeVar("Parsed")

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def settings_from(kind: type[Parsed], value: object) -> Parsed:
    """Return the settings that ``value`` (a mapping) describes; all that is wrong at once."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise _error([((), f"expected a mapping (key: value), got {shown(value)}", "")])
    found: list[Found] = []
    parsed = _all_errors(lambda values: parse(kind, values), value, found)
    if parsed is None:
        raise _error(found)
    return parsed


def settings_errors(kind: type[object], values: Mapping[str, object]) -> list[Found]:
    """Return all that is wrong with ``values`` as settings of this kind."""
    found: list[Found] = []
    _all_errors(lambda left: parse(kind, left), values, found)
    return found


def chain_from(value: object) -> tuple[Layer, ...]:
    """Return the layers that ``value`` (a list of mappings) describes; all errors at once."""
    if not isinstance(value, list):
        raise _error([((), f"expected a list, got {shown(value)}", "such as [{pattern: retry}]")])
    if len(value) > MAX_LAYERS:
        raise _error([((), f"{len(value)} layers are too many", f"at most {MAX_LAYERS}")])
    found: list[Found] = []
    for index, entry in enumerate(value):
        _check_entry(index, entry, found)
    if not found:
        try:
            return parse_chain(value)
        except ParameterError as error:
            found.append((_loc(error.field)[1:], error.message, error.hint))
    raise _error(found)


def settings_schema(kind: type[object]) -> dict[str, Any]:
    """Return the JSON Schema of settings as a part of another schema."""
    return {key: value for key, value in schema(kind).items() if key != "$schema"}


def chain_schema() -> dict[str, Any]:
    """Return the JSON Schema of a chain: one of the patterns' own schemas for each entry."""
    entries = []
    for name in DEFAULT_ORDER:
        pattern = PATTERNS[name]
        settings = settings_schema(pattern.settings)
        own = {"pattern": {"const": name}, "enabled": {"type": "boolean", "default": True}}
        entries.append(
            settings
            | {"title": pattern.title, "required": ["pattern"]}
            | {"properties": own | settings["properties"]}
        )
    return {"type": "array", "maxItems": MAX_LAYERS, "items": {"oneOf": entries}}


def _check_entry(index: int, entry: object, found: list[Found]) -> None:
    if not isinstance(entry, Mapping):
        found.append(((index,), f"expected a mapping, got {shown(entry)}", "{pattern: retry, …}"))
        return
    if "pattern" not in entry:
        found.append(((index,), "'pattern' is missing", f"one of {', '.join(DEFAULT_ORDER)}"))
        return
    inside: list[Found] = []
    _all_errors(lambda values: parse_chain([values]), entry, inside, drop=1)
    found += [((index, *loc), message, hint) for loc, message, hint in inside]


def _all_errors(
    parse_values: Callable[[Mapping[str, object]], Parsed],
    values: Mapping[str, object],
    found: list[Found],
    drop: int = 0,
) -> Parsed | None:
    """Parse, and when a field is wrong note it and parse again without it.

    ``drop`` leading parts of a field's name (the list and its index) are left out of the note.
    """
    left = dict(values)
    while True:
        try:
            parsed = parse_values(left)
        except ParameterError as error:
            loc = _loc(error.field)[drop * 2 :]
            if any(loc == noted for noted, _, _ in found):
                return None  # it is missing now because we left it out
            found.append((loc, error.message, error.hint))
            if not loc or loc[0] not in left:
                return None
            del left[str(loc[0])]
        else:
            return None if found else parsed


def _loc(field: str) -> Loc:
    """Split ``chain[2].attempts`` into its parts."""
    return tuple(int(index) if index else name for index, name in _PART.findall(field))


def _error(found: list[Found]) -> PydanticCustomError:
    return PydanticCustomError(SETTINGS_ERROR, "the settings are wrong", {"found": found})


Chain = Annotated[
    tuple[Layer, ...],
    PlainValidator(chain_from),
    PlainSerializer(plain_chain),
    WithJsonSchema(chain_schema()),
]
Health = Annotated[
    HealthSettings,
    PlainValidator(lambda value: settings_from(HealthSettings, value)),
    PlainSerializer(plain),
    WithJsonSchema(settings_schema(HealthSettings)),
]
Restart = Annotated[
    SupervisionSettings,
    PlainValidator(lambda value: settings_from(SupervisionSettings, value)),
    PlainSerializer(plain),
    WithJsonSchema(settings_schema(SupervisionSettings)),
]
