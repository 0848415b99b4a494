"""A lab's numbers by name."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from lab.web.errors import Problem

Number = int | float | None


def number_named(stats: Mapping[str, Any], name: str) -> Number:
    """Return the number of that name; raise Problem ``not_found`` that names the nearest."""
    numbers = dict(named_numbers(stats))
    if name in numbers:
        return numbers[name]
    near = get_close_matches(name, numbers, n=3)
    raise Problem(
        "not_found",
        f"there is no number named {name!r}",
        field="name",
        hint=f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(numbers)}",
    )


def named_numbers(stats: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Number]]:
    """Every number, those in groups as ``group.name``. Lists and texts are not numbers."""
    for name, value in stats.items():
        if isinstance(value, Mapping):
            if name not in ("totals", "patterns"):
                yield from named_numbers(value, f"{prefix}{name}.")
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield f"{prefix}{name}", value
