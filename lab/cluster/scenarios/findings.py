"""What pydantic found wrong in an authored file, in our words and at the path where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from lab.cluster.scenarios.authored import NAME_PATTERN, PAIR_PATTERN, ROUTE_PATTERN
from lab.cluster.scenarios.authored_patterns import SETTINGS_ERROR, Wrong
from lab.cluster.scenarios.diagnostics import Level, propose
from lab.cluster.scenarios.positions import Path, shown

MAX_FINDINGS = 100

CONSEQUENCE = "default_factory_not_called"
"""A default could not be derived, because of an error that is told by itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at ``path``; ``at_key``: the key there is meant, not its value."""

    path: Path
    code: str
    message: str
    hint: str = ""
    at_key: bool = False
    level: Level = "error"


_EXPECTED = MappingProxyType(
    {
        "int": "a whole number",
        "float": "a number",
        "string": "a text",
        "bool": "true or false",
        "tuple": "a list",
        "dict": "a mapping (key: value)",
        "mapping": "a mapping (key: value)",
        "model": "a mapping (key: value)",
    }
)
_LIMITS = MappingProxyType(
    {
        "greater_than_equal": "at least {ge:g}",
        "greater_than": "more than {gt:g}",
        "less_than_equal": "at most {le:g}",
        "less_than": "less than {lt:g}",
        "finite_number": "a finite number",
    }
)
_LENGTHS = MappingProxyType(
    {
        "too_short": ("{count} are too few", "at least {min_length}"),
        "too_long": ("{count} are too many", "at most {max_length}"),
        "string_too_long": ("the text is too long", "at most {max_length} characters"),
    }
)
_PATTERNS = MappingProxyType(
    {
        NAME_PATTERN: "lower-case letters, digits and single dashes, beginning with a letter",
        ROUTE_PATTERN: "a path such as /items",
        PAIR_PATTERN: "caller:callee",
    }
)


def finding_of(path: Path, wrong: Wrong) -> Finding:
    """Return what is wrong with the settings at ``path`` as a finding."""
    code = "unknown_key" if wrong.unknown else "parameter"
    return Finding((*path, *wrong.path), code, wrong.message, wrong.hint, at_key=wrong.unknown)


def findings_of(error: ValidationError, model: type[BaseModel], data: object) -> list[Finding]:
    """Return every error of a validation of ``data`` against ``model``."""
    details = error.errors(include_url=False)[:MAX_FINDINGS]
    return [
        finding
        for detail in details
        if detail["type"] != CONSEQUENCE
        for finding in _findings(detail, model, data)
    ]


def _findings(detail: ErrorDetails, model: type[BaseModel], data: object) -> Iterator[Finding]:
    path = path_of(detail["loc"], data)
    if detail["type"] == SETTINGS_ERROR:
        for wrong in detail["ctx"]["wrong"]:
            yield finding_of(path, wrong)
    elif detail["type"] == "extra_forbidden":
        key, known = str(path[-1]), known_keys(model, detail["loc"])
        yield Finding(path, "unknown_key", f"{shown(key)} means nothing here",
                      propose(key, known), at_key=True)  # fmt: skip
    elif detail["type"] == "missing":
        key = str(detail["loc"][-1])
        hint = _description(model, detail["loc"])
        yield Finding(path, "missing", f"'{key}' is missing", hint, at_key=True)
    else:
        at_key = detail["loc"][-1:] == ("[key]",)
        yield Finding(path, *_worded(detail), at_key=at_key)


def _worded(detail: ErrorDetails) -> tuple[str, str, str]:
    """Return code, message and hint for a value that is of no use."""
    kind, given, context = detail["type"], shown(detail["input"]), detail.get("ctx", {})
    if kind in _LIMITS:
        return "out_of_range", f"{given} is out of range", _LIMITS[kind].format(**context)
    if kind in _LENGTHS:
        message, hint = _LENGTHS[kind]
        count = len(detail["input"])
        return "wrong_length", message.format(count=count), hint.format(**context)
    if kind == "string_pattern_mismatch":
        return "bad_name", f"{given} cannot be used here", _PATTERNS.get(context["pattern"], "")
    if kind == "literal_error":
        choices = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        return (
            "unknown_choice",
            f"{given} is no choice here",
            propose(str(detail["input"]), choices),
        )
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected is not None:
        return "wrong_type", f"expected {expected}, got {given}", ""
    return "invalid", detail["msg"], ""


def path_of(loc: tuple[int | str, ...], data: object) -> Path:
    """Return the part of ``loc`` that stands in the file: no tags of unions, nothing missing."""
    path: list[str | int] = []
    for part in loc:
        inside = dict(enumerate(data)) if isinstance(data, list) else data
        if isinstance(inside, Mapping) and part in inside:
            data = inside[part]
            path.append(part)
    return tuple(path)


def known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the mapping may have in which the last part of ``loc`` stands."""
    return [
        field.alias or name
        for found in _models_at(model, loc[:-1])
        for name, field in found.model_fields.items()
    ]


def _description(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    for found in _models_at(model, loc[:-1]):
        for name, field in found.model_fields.items():
            if loc[-1] in (name, field.alias):
                return field.description or ""
    return ""


def _models_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[type[BaseModel]]:
    kinds: list[Any] = [model]
    for part in loc:
        kinds = [inner for kind in kinds for inner in _step(kind, part)] or kinds
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _step(kind: Any, part: int | str) -> list[Any]:
    """Return the types that stand behind one part of a path inside ``kind``."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = [f for name, f in kind.model_fields.items() if part in (name, f.alias)]
        return [each for field in fields for each in _alternatives(field.annotation)]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(part, int):
        return _alternatives(arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(part, str):
        return _alternatives(arguments[1])
    return []


def _alternatives(annotation: Any) -> list[Any]:
    """Take Annotated and unions apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return [each for part in get_args(annotation) for each in _alternatives(part)]
    return [annotation]
