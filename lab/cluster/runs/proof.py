"""Plays a virtual run again, and says whether it came out the same to the byte.

``python -m lab.cluster.runs.proof < file`` does so in a process of its own: it is nothing but work
for minutes. It writes a JSON line with the lab's time now and then, and the verdict at the end.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator

import msgspec

from lab.cluster.runs.recording import Message
from lab.cluster.runs.run import MAX_FILE_BYTES, Run, RunError, unpack
from lab.cluster.scenarios.diagnostics import ScenarioError
from lab.cluster.scenarios.limits import VIRTUAL
from lab.cluster.scenarios.scenario import load_scenario
from lab.cluster.virtual.play import Bounds, Play

SLICE_S = 0.5
BOUNDS = Bounds(memory_bytes=640 << 20, wall_s=180.0)
COMPARED = ("event", "frame")
MOST_SHOWN = 300
BEHIND_OTHERS = 5
"""How nice the process is: labs that somebody looks at come first."""


class Difference(msgspec.Struct, frozen=True):
    """Where two runs first differ; a text is empty when one of them had ended."""

    t: float
    recorded: str
    played: str


class Verdict(msgspec.Struct, frozen=True):
    """What came of it. ``compared`` counts events and frames; ``failed`` says why there is none."""

    is_same: bool = False
    compared: int = 0
    difference: Difference | None = None
    failed: str = ""


def prove(run: Run, told: Callable[[float], None] = lambda _t: None) -> Verdict:
    """Play ``run`` again from its scenario, seed and commands, and compare as it goes.

    ``told`` hears the lab's time now and then. Raises ScenarioError when it cannot even begin.
    """
    head = run.head
    scenario = load_scenario(head.scenario_text, head.scenario_name, VIRTUAL)
    play = Play(scenario, seed=head.seed, commands=head.commands, bounds=BOUNDS)
    try:
        return _compared(run, play, told)
    finally:
        play.close()


def _compared(run: Run, play: Play, told: Callable[[float], None]) -> Verdict:
    played: list[Message] = []
    play.lab.listen(lambda kind, body: played.append(Message(play.t, kind, body)))
    recorded = _events_and_frames(run.recording)
    compared = 0
    play.begin()
    while True:
        for found in _events_and_frames(played):
            wanted = next(recorded, None)
            if wanted is None:
                return Verdict(is_same=True, compared=compared)
            if wanted.body != found.body:
                return Verdict(compared=compared, difference=_between(wanted, found))
            compared += 1
        played.clear()
        told(play.t)
        if play.ended or play.t >= run.head.to_t:
            break
        play.run_until(min(play.t + SLICE_S, run.head.to_t))
    missing = next(recorded, None)
    if play.ended:
        return Verdict(compared=compared, failed=play.ended)
    if missing is not None:
        return Verdict(compared=compared, difference=_between(missing, None))
    return Verdict(is_same=True, compared=compared)


def _events_and_frames(messages: Iterable[Message]) -> Iterator[Message]:
    return (message for message in messages if message.kind in COMPARED)


def _between(recorded: Message, played: Message | None) -> Difference:
    if played is None:
        return Difference(recorded.t, _excerpt(recorded.body, 0), "")
    pairs = zip(recorded.body, played.body, strict=False)
    place = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    return Difference(recorded.t, _excerpt(recorded.body, place), _excerpt(played.body, place))


def _excerpt(body: bytes, place: int) -> str:
    """Return what stands around ``place``."""
    start = max(0, place - MOST_SHOWN // 2)
    return body[start : start + MOST_SHOWN].decode(errors="replace")


def main() -> None:
    """Read a file, write lines."""
    os.nice(BEHIND_OTHERS)
    _write({"t": 0.0})
    try:
        run = unpack(sys.stdin.buffer.read(MAX_FILE_BYTES + 1))
        verdict = prove(run, lambda t: _write({"t": t}))
    except RunError as error:
        verdict = Verdict(failed=str(error))
    except ScenarioError as error:
        verdict = Verdict(failed=f"its scenario is not understood: {error.diagnostics[0].message}")
    _write({"verdict": verdict})


def _write(line: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
