"""The scenarios that ship with the course, as authored."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab.cluster import load_scenario

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A scenario's file: its name (without ending) and its text."""

    name: str
    text: str


@cache
def shipped() -> dict[str, Shipped]:
    """Every scenario by name, read once: these files change only with a release."""
    return {
        path.stem: Shipped(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.yaml"))
    }


@cache
def summaries() -> tuple[dict[str, str], ...]:
    """What a learner chooses from: name, title, description and a suggestion of each scenario."""
    scenarios = (load_scenario(each.text, each.name) for each in shipped().values())
    return tuple(
        {
            "name": scenario.name,
            "title": scenario.title,
            "description": scenario.description,
            "suggestion": scenario.suggestion,
        }
        for scenario in scenarios
    )
