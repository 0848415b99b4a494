"""What a lab offers: outcomes, patterns with their source, faults. Forms are made from it."""

import dataclasses
import functools
from typing import Any

from lab.cluster.scenarios.faults import FAULTS
from lab.patterns import PATTERNS
from lab.patterns.parameters import parameters, schema
from lab.telemetry.outcome import OUTCOMES

Plain = dict[str, Any]


@functools.cache
def catalogue() -> Plain:
    """Return the outcomes, patterns and faults as plain data; the same object each time."""
    return {
        "outcomes": [
            {"name": outcome.value, "title": outcome.value.replace("_", " ")}
            for outcome in OUTCOMES
        ],
        "patterns": [
            {
                "name": pattern.name,
                "title": pattern.title,
                "summary": pattern.summary,
                "parameters": _parameters(pattern.settings),
                "schema": schema(pattern.settings),
                "states": list(pattern.states),
                "transitions": [_transition(each) for each in pattern.transitions],
                "source": pattern.source.read_text(encoding="utf-8"),
                "more_sources": [
                    {"file": part.name, "text": part.read_text(encoding="utf-8")}
                    for part in pattern.more_sources
                ],
            }
            for pattern in PATTERNS.values()
        ],
        "faults": [
            {
                "kind": fault.kind,
                "title": fault.title,
                "verb": fault.verb,
                "layer": fault.layer,
                "targets": list(fault.targets),
                "parameters": _parameters(fault.settings),
                "help": fault.help,
            }
            for fault in FAULTS.values()
        ],
    }


def _parameters(settings: type[Any]) -> list[Plain]:
    return [dataclasses.asdict(parameter) for parameter in parameters(settings)]


def _transition(each: Any) -> Plain:
    return {"from": each.from_state, "to": each.to_state, "label": each.label}
