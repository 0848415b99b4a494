"""The options of ``manage.py run`` as an experiment that is asked for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.cluster import Asked, ExperimentError, assignments, propose
from lab.web.errors import Problem
from lessons.shelf import shipped

MOST_BYTES = 1 << 20

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min)?")
_UNITS_S = {None: 1.0, "s": 1.0, "m": 60.0, "min": 60.0}


def asked_of(options: Mapping[str, Any]) -> Asked:
    """Return what the options ask for. Raises ExperimentError."""
    if options["workers"] is not None and options["workers"] < 1:
        raise ExperimentError("workers", "no worker would do the work", "give 1 or more")
    return Asked(
        scenario=options["scenario"],
        text=_text(options["scenario"]),
        seed=options["seed"],
        for_s=duration_s(options["duration"], "for_s"),
        warm_up_s=duration_s(options["warm_up"], "warm_up_s"),
        set=assignments(options["set"], "set"),
        sweep=assignments(options["sweep"], "sweep"),
        seeds=options["seeds"],
        live=options["live"],
    )


def duration_s(text: str, field: str) -> float:
    """Return the seconds that ``120s``, ``2m`` or ``120`` mean. Raises ExperimentError."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ExperimentError(field, f"{text!r} is no duration", "write it like 120s or 2m")
    return float(found[1]) * _UNITS_S[found[2]]


def shipped_text(name: str) -> str:
    """Return the text of a scenario of the course. Raises Problem ``unknown_scenario``."""
    found = shipped().get(name)
    if found is None:
        raise Problem(
            "unknown_scenario",
            f"there is no scenario {name!r}",
            field="scenario",
            hint=propose(name, shipped()),
        )
    return found.text


def _text(scenario: str) -> str:
    path = Path(scenario)
    if scenario in shipped() or not (path.suffix or path.exists()):
        try:
            return shipped_text(scenario)
        except Problem as problem:
            hint = problem.hint or ""
            raise ExperimentError("scenario", problem.message, hint) from None
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        hint = f"scenarios of the course are {', '.join(shipped())}"
        raise ExperimentError("scenario", f"{scenario} cannot be read: {why}", hint) from None
