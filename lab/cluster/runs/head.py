"""The first line of a run's file: what it is, and all that it takes to have a virtual one again."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

FORMAT = "faultline-run"
VERSION = 1
MAX_S = 1e7
MAX_COMMANDS = 10_000

Seconds = Annotated[float, Meta(ge=0.0, le=MAX_S)]
Text = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line for people."""


class Given(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command and the lab's time when it was given; ``error`` if it was refused."""

    t: Seconds
    fields: dict[str, Any]
    error: str = ""


class Branch(msgspec.Struct, frozen=True):
    """Where a run left another one: the other's digest up to its end, and the lab's time."""

    digest: str
    t: Seconds


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is. With a virtual body, scenario, seed and commands give the rest again."""

    format: str = FORMAT
    version: int = VERSION
    scenario_name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]
    scenario_text: Annotated[str, Meta(max_length=262_144)]
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    body: Literal["live", "virtual"]
    from_t: Seconds = 0.0
    to_t: Seconds
    commands: Annotated[list[Given], Meta(max_length=MAX_COMMANDS)]
    digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    is_whole: bool = True
    """Whether the record goes back to the lab's start; of a very long one the end is kept."""
    title: Text = ""
    branch_of: Branch | None = None
    ended: Text = ""
    """Why it ended before its time: a bound that it met."""
