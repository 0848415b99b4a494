"""What is wrong in an authored file, where, and what would be right."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Literal

Level = Literal["error", "warning"]

MANY = 12
LONG = 100


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding. ``line``, ``column`` and ``end_line`` count from 1; both lines belong to it."""

    file: str
    line: int
    column: int
    end_line: int
    level: Level
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
        return f"{text} ({self.hint})" if self.hint else text

    def plain(self) -> dict[str, object]:
        """Return it as the API and the editor get it."""
        return asdict(self)


class ScenarioError(Exception):
    """A scenario cannot be used. ``diagnostics`` has every finding, in the order of the file."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("\n".join(str(each) for each in diagnostics))
        self.diagnostics = diagnostics


def propose(name: str, known: Iterable[str]) -> str:
    """Return a hint for a name that does not exist: the nearest ones, else those there are."""
    names = sorted(set(known))
    near = get_close_matches(name[:LONG], names, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if not names:
        return "there are none"
    more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
    return f"there are: {', '.join(names[:MANY])}{more}"
