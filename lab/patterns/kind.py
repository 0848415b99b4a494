"""What the page tells of a pattern: a title, a paragraph, its settings, its states, its source."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Transition:
    """An arrow of a state diagram."""

    from_state: str
    to_state: str
    label: str


@dataclass(frozen=True, slots=True)
class PatternKind:
    """One pattern of the catalogue.

    ``source`` is the file that decides, as shown on the page; ``more_sources`` are its own parts.
    ``states`` are the values of ``snapshot()["state"]``.
    """

    name: str
    title: str
    settings: type
    summary: str
    source: Path
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    more_sources: tuple[Path, ...] = ()
