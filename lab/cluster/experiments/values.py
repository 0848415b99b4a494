"""Values as people write them on a command line: YAML scalars and flow collections."""

import json
from collections.abc import Iterable
from typing import Any

from lab.cluster.experiments.errors import ExperimentError
from lab.cluster.scenarios.yaml import read_yaml

_OPENING, _CLOSING, _QUOTES = "[{", "]}", "'\""


def parse_value(text: str, field: str) -> Any:
    """Return the value that ``text`` means, such as 3, true, [a, b]. Raises ExperimentError."""
    if not text.strip():
        raise ExperimentError(field, "a value is missing", "write path=value; null is no value")
    document = read_yaml(text)
    if document.problems or not document.complete:
        problem = document.problems[0]
        raise ExperimentError(field, f"{text[:60]!r} is no value: {problem.message}", problem.hint)
    return document.data


def split_values(text: str) -> list[str]:
    """Split at the commas that stand in no bracket and no quote: ``1,[2, 3]`` are two values."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        if letter == "," and not quote and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def assignments(texts: Iterable[str], field: str) -> dict[str, Any]:
    """Return the values by path of ``path=value``; of a sweep, ``path=a,b,c``, lists of them.

    Raises ExperimentError.
    """
    found: dict[str, Any] = {}
    for text in texts:
        path, written = split_assignment(text, field)
        if path in found:
            raise ExperimentError(field, f"{path} is there twice", "give each path once")
        if field == "sweep":
            found[path] = [parse_value(value, field) for value in split_values(written)]
        else:
            found[path] = parse_value(written, field)
    return found


def split_assignment(text: str, field: str) -> tuple[str, str]:
    """Split ``path=value``. Raises ExperimentError."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ExperimentError(
            field, f"{text[:60]!r} names no value", "write it like users.rate_per_s=80"
        )
    return path.strip(), value


def show_value(value: object) -> str:
    """Return the text that ``parse_value`` reads as ``value``, without commas at its top."""
    if isinstance(value, str) and "," not in value and _is_plain(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    document = read_yaml(text)
    return document.complete and not document.problems and document.data == text
