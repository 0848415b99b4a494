"""Settings as data: each parameter says what it means, its unit, its range and the usual value.

class RetrySettings:  attempts: int = parameter(3, unit="attempts", minimum=1, maximum=10, ...)
                              │
          parameters(cls) ────┼──▶ the form on the page
          schema(cls) ────────┼──▶ JSON Schema for editors and the API
          parse(cls, values) ─┴──▶ a checked instance, or a ParameterError that teaches
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, cast

Kind = Literal["number", "integer", "choice", "choices", "flag"]
Settings = TypeVar("Settings")


class ParameterError(Exception):
    """A value that a parameter does not take. ``hint`` says what to write instead."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(f"{field}: {message}" + (f" ({hint})" if hint else ""))
        self.field = field
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Parameter:
    """One knob. ``reference`` names what known implementations take where we take ``default``."""

    name: str
    kind: Kind
    default: object
    unit: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...] | None
    help: str
    reference: str


def parameter(  # noqa: PLR0913 - one argument for each thing that a knob says of itself
    default: bool | float | str | tuple[str, ...],
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
    help: str = "",  # noqa: A002 - it is the word
    reference: str = "",
) -> Any:
    """Return a dataclass field that knows its range, its ``help`` and its ``reference``.

    The type of ``default`` decides the kind: an int makes a whole number, a tuple several choices.
    """
    kind = _kind(default)
    about = Parameter("", kind, default, unit, minimum, maximum, choices, help, reference)
    return field(default=default, metadata={"parameter": about})


def parameters(cls: type) -> tuple[Parameter, ...]:
    """Return the parameters of a settings class, in the order in which they are written."""
    return tuple(
        replace(each.metadata["parameter"], name=each.name)
        for each in fields(cls)
        if "parameter" in each.metadata
    )


def parse(cls: type[Settings], values: Mapping[str, object]) -> Settings:
    """Return ``cls`` made of ``values``; what is not named takes its default.

    Raises ParameterError for an unknown name, a wrong type or a value out of range.
    """
    known = {each.name: each for each in parameters(cls)}
    for name in values:
        if name not in known:
            raise ParameterError(name, f"there is no parameter {name!r}", nearest(name, known))
    return cls(**{name: _checked(known[name], value) for name, value in values.items()})


def plain(settings: object) -> dict[str, object]:
    """Return settings as JSON values, so that ``parse(cls, plain(settings)) == settings``."""
    values = {each.name: getattr(settings, each.name) for each in parameters(type(settings))}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what ``parse`` accepts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": cls.__name__,
        "description": (cls.__doc__ or "").strip(),
        "type": "object",
        "properties": {each.name: _property(each) for each in parameters(cls)},
        "additionalProperties": False,
    }


def nearest(name: object, names: Iterable[str]) -> str:
    """Return a hint for a name that does not exist: the most alike one, or all there are."""
    known = sorted(names)
    alike = get_close_matches(str(name), known, n=1)
    return f"did you mean {alike[0]!r}?" if alike else f"there are: {', '.join(known) or 'none'}"


def _kind(default: object) -> Kind:
    match default:
        case bool():  # before int: in Python a bool is one, for us it is not
            return "flag"
        case int():
            return "integer"
        case float():
            return "number"
        case tuple():
            return "choices"
        case _:
            return "choice"


def _checked(about: Parameter, value: object) -> object:
    """Return ``value`` in the parameter's own type, or raise ParameterError."""
    match about.kind, value:
        case "flag", bool():
            return value
        case "choice", str() if value in _choices(about):
            return value
        case "choices", list() | tuple():
            return _some_of(about, value)
        case "integer" | "number", int() | float() if not isinstance(value, bool):
            if _in_range(about, value):
                return float(value) if about.kind == "number" else int(value)
    hint = nearest(value, _choices(about)) if isinstance(value, str) and about.choices else ""
    message = f"must be {_expected(about)}, not {repr(value)[:60]}"
    raise ParameterError(about.name, message, hint)


def _some_of(about: Parameter, values: Iterable[object]) -> tuple[str, ...]:
    chosen: list[str] = []
    for value in values:
        if value not in _choices(about):
            message = f"cannot contain {repr(value)[:60]}"
            raise ParameterError(about.name, message, nearest(value, _choices(about)))
        if value in chosen:
            raise ParameterError(about.name, f"contains {value!r} twice", "name each once")
        chosen.append(value)
    return tuple(chosen)


def _in_range(about: Parameter, value: float) -> bool:
    """Whether a number is allowed. Not a number and infinity never are."""
    if about.kind == "integer" and value != value // 1:
        return False
    least = -sys.float_info.max if about.minimum is None else about.minimum
    most = sys.float_info.max if about.maximum is None else about.maximum
    return least <= value <= most


def _choices(about: Parameter) -> tuple[str, ...]:
    return about.choices or ()


def _expected(about: Parameter) -> str:
    match about.kind:
        case "flag":
            return "true or false"
        case "choice":
            return "one of " + ", ".join(_choices(about))
        case "choices":
            return "a list with any of " + ", ".join(_choices(about))
        case "integer" | "number":
            what = "a whole number" if about.kind == "integer" else "a number"
            return f"{what}{_range_in_words(about)}"


def _range_in_words(about: Parameter) -> str:
    least, most = about.minimum, about.maximum
    unit = f" {about.unit}" if about.unit else ""
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}{unit}"
    if least is not None:
        return f" of at least {least:g}{unit}"
    return "" if most is None else f" of at most {most:g}{unit}"


def _property(about: Parameter) -> dict[str, object]:
    """Return the parameter as one property of a JSON Schema."""
    words = {"description": about.help, "default": about.default}
    match about.kind:
        case "flag":
            return {"type": "boolean", **words}
        case "choice":
            return {"type": "string", "enum": list(_choices(about)), **words}
        case "choices":
            items = {"type": "string", "enum": list(_choices(about))}
            words["default"] = list(cast(tuple[str, ...], about.default))
            return {"type": "array", "items": items, "uniqueItems": True, **words}
        case "integer" | "number":
            bounds = {"minimum": about.minimum, "maximum": about.maximum}
            return {
                "type": about.kind,
                **{k: v for k, v in bounds.items() if v is not None},
            } | words
