"""A lab in virtual time, played from outside its loop, and what it told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from lab.cluster import Play, Scenario

Plain = dict[str, Any]


@contextmanager
def played(scenario: Scenario, **more: Any) -> Iterator[Play]:
    """Play a lab; at the end of the block it is stopped, and nothing of it is left."""
    play = Play(scenario, **more)
    play.begin()
    try:
        yield play
    finally:
        play.close()


def messages(play: Play, kind: str) -> list[Plain]:
    """Return what was told of one kind."""
    return [msgspec.json.decode(m.body) for m in play.recording if m.kind == kind]


def events(play: Play, kind: str) -> list[Plain]:
    """Return the events of one kind."""
    return [event for event in messages(play, "event") if event["kind"] == kind]
