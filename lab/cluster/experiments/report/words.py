"""What was done, in sentences; the terminal and the report say the same."""

import re
from collections import Counter

from lab.cluster.experiments.report.swept import lines_left_out
from lab.cluster.experiments.result import Result
from lab.cluster.experiments.values import show_value

MOST_REASONS = 3


def varied(result: Result) -> str:
    """Return what was varied, and how long it ran."""
    asked = result.asked
    seeds = f"{asked.seeds} seeds" if asked.seeds > 1 else "one seed"
    time = "real time, live processes" if asked.live else "virtual time"
    ran = (
        f"{seeds}, {asked.for_s:g} s of {time} each; measured after a warm-up of "
        f"{asked.warm_up_s:g} s"
    )
    if not asked.sweep:
        return f"{ran[:1].upper()}{ran[1:]}."
    what = " and ".join(
        f"{path} over {', '.join(map(show_value, values))}" for path, values in asked.sweep.items()
    )
    return f"Varied {what}: for each, {ran}."


def fixed(result: Result) -> list[str]:
    """Return what was set to another value than the file's, one line each."""
    return [f"{path} = {show_value(value)}" for path, value in result.asked.set.items()]


def warnings(result: Result) -> list[str]:
    """Return what must be known before the numbers are believed."""
    said = []
    if result.done < result.of:
        said.append(
            f"It was stopped after {result.done:,} of {result.of:,} trials; this is what they gave."
        )
    early = Counter(_reason(trial.ended) for trial in result.trials() if trial.ended)
    if early:
        count = sum(early.values())
        reasons = "; ".join(reason for reason, _ in early.most_common(MOST_REASONS))
        said.append(f"{count:,} of {result.done:,} trials stopped early: {reasons}.")
    drawn = sum(trial.curves is not None for trial in result.trials())
    if not result.is_sweep and drawn < result.done:
        said.append(f"The plots are of the first {drawn:,} seeds, the numbers of all.")
    said += [f"{note[:1].upper()}{note[1:]}." for note in result.notes]
    if result.is_sweep and (left := lines_left_out(result)):
        said.append(f"The plots show seven lines; {left} more are in the table only.")
    return said


def _reason(ended: str) -> str:
    """Return why a trial ended, without when: that is another time for each."""
    return re.sub(r"^stopped at [\d.]+ s: ", "", ended)
