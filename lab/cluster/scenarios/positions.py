"""Plain data that was read from a text, and where each part of it stands."""

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""The way to a part, such as ``("services", "db", "zones", 0)``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; counted from 1."""

    line: int
    column: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the text must not have."""

    code: str
    message: str
    place: Place
    hint: str = ""


@dataclass(slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None) and where its parts stand.

    ``keys`` and ``values`` have a place for each path such as ``("services", "db", "routes")``.
    What an alias repeats has the place of the alias. With ``complete`` false the data ends where
    the text could not be read any further.
    """

    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = False

    def key(self, path: Path) -> Place:
        """Return where the key at the end of ``path`` stands; an item of a list has no key."""
        return self.keys.get(path) or self.value(path)

    def value(self, path: Path) -> Place:
        """Return where the value of ``path`` stands, or the nearest that contains it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1, 1))


def shown(value: object) -> str:
    """Return a value as a message quotes it: short, whatever somebody wrote."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value[:61] if isinstance(value, str) else value)
    return text if len(text) <= 60 else f"{text[:57]}…{text[-1]}"
