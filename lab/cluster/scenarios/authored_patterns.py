"""Chains and settings of patterns inside a scenario, parsed and described by the patterns room."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from lab.cluster.scenarios.positions import Path, shown
from lab.patterns import PATTERNS
from lab.patterns.chain import DEFAULT_ORDER, Layer, parse_chain, plain_chain
from lab.patterns.guards import GUARDS, parse_guards, plain_guards
from lab.patterns.health import HealthSettings
from lab.patterns.parameters import ParameterError, nearest, parameters, parse, plain, schema
from lab.patterns.supervision import SupervisionSettings

SETTINGS_ERROR = "settings"

MAX_LAYERS = 20

Parsed = TypeVar("Parsed")

_PART = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong at ``path`` inside the settings; ``unknown``: there is no such key at all."""

    path: Path
    message: str
    hint: str = ""
    unknown: bool = False


def settings_from(kind: type[Parsed], value: object) -> Parsed:
    """Return the settings that ``value`` (a mapping) describes; all that is wrong at once."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise _error([Wrong((), f"expected a mapping (key: value), got {shown(value)}")])
    wrong = wrong_settings(kind, value)
    if wrong:
        raise _error(wrong)
    return parse(kind, value)


def wrong_settings(kind: type[object], values: Mapping[str, object]) -> list[Wrong]:
    """Return all that is wrong with ``values`` as settings of this kind."""
    return _all_wrong(lambda left: parse(kind, left), values, _names(kind))


def chain_from(value: object) -> tuple[Layer, ...]:
    """Return the layers that ``value`` (a list of mappings) describes; all errors at once."""
    if not isinstance(value, list):
        raise _error([Wrong((), f"expected a list, got {shown(value)}", "[{pattern: retry}]")])
    if len(value) > MAX_LAYERS:
        raise _error([Wrong((), f"{len(value)} layers are too many", f"at most {MAX_LAYERS}")])
    wrong = [
        replace(each, path=(index, *each.path))
        for index, entry in enumerate(value)
        for each in _wrong_entry(entry)
    ]
    if not wrong:
        try:
            return parse_chain(value)
        except ParameterError as error:
            wrong.append(Wrong(_path(error.field)[1:], error.message, error.hint))
    raise _error(wrong)


def guards_from(value: object) -> dict[str, Any]:
    """Return the guards that ``value`` (settings by name) describes; all errors at once."""
    if not isinstance(value, Mapping):
        raise _error([Wrong((), f"expected a mapping (key: value), got {shown(value)}")])
    wrong: list[Wrong] = []
    for name, settings in value.items():
        if name not in GUARDS:
            hint = nearest(name, GUARDS)
            wrong.append(Wrong((str(name),), f"{name!r} guards nothing", hint, unknown=True))
        elif not isinstance(settings, Mapping):
            what = f"expected a mapping (key: value), got {shown(settings)}"
            wrong.append(Wrong((name,), what, "such as {enabled: true}"))
        else:
            found = wrong_settings(GUARDS[name], settings)
            wrong += [replace(each, path=(name, *each.path)) for each in found]
    if wrong:
        raise _error(wrong)
    return parse_guards(value)


def guards_schema() -> dict[str, Any]:
    """Return the JSON Schema of guards by name."""
    properties = {name: settings_schema(kind) for name, kind in GUARDS.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


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


def _wrong_entry(entry: object) -> list[Wrong]:
    if not isinstance(entry, Mapping):
        return [Wrong((), f"expected a mapping, got {shown(entry)}", "such as {pattern: retry}")]
    if "pattern" not in entry:
        return [Wrong((), "'pattern' is missing", f"one of {', '.join(DEFAULT_ORDER)}")]
    known = {"pattern", "enabled"}
    if entry["pattern"] in DEFAULT_ORDER:
        known |= _names(PATTERNS[entry["pattern"]].settings)
    return _all_wrong(lambda left: parse_chain([left]), entry, known, prefix=2)


def _all_wrong(
    parse_values: Callable[[Mapping[str, object]], object],
    values: Mapping[str, object],
    known: set[str],
    prefix: int = 0,
) -> list[Wrong]:
    """Parse, and while a key is wrong note it and parse again without it.

    ``prefix`` leading parts of an error's field (the list and its index) are left out of the note.
    """
    left, wrong = dict(values), list[Wrong]()
    while True:
        try:
            parse_values(left)
        except ParameterError as error:
            path = _path(error.field)[prefix:]
            if any(path == noted.path for noted in wrong):
                return wrong  # it is missing now because we left it out
            unknown = bool(path) and path[0] not in known
            wrong.append(Wrong(path, error.message, error.hint, unknown))
            if not path or path[0] not in left:
                return wrong
            del left[str(path[0])]
        else:
            return wrong


def _names(kind: type[object]) -> set[str]:
    return {each.name for each in parameters(kind)}


def _path(field: str) -> Path:
    """Split ``chain[2].attempts`` into its parts."""
    return tuple(int(index) if index else name for index, name in _PART.findall(field))


def _error(wrong: list[Wrong]) -> PydanticCustomError:
    return PydanticCustomError(SETTINGS_ERROR, "the settings are wrong", {"wrong": wrong})


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
Guards = Annotated[
    Mapping[str, Any],
    PlainValidator(guards_from),
    PlainSerializer(plain_guards),
    WithJsonSchema(guards_schema()),
]
