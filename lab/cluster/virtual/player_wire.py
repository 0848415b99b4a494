"""What the site and a player of virtual labs say to each other, over a control line.

::

    site ── Load, Copy, Ask, Pack, Drop, Listen ──────────▶ player
    site ◀── Told, Part, Refused, Noted, Paced, Ended ── player

A player has up to two sides, each one lab; ``side`` says of which one a message is. Commands and
answers are JSON: what a person may write is more than MessagePack carries (integers of any size).
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from lab.cluster.runs.head import MAX_COMMANDS, Given, Seconds

MOST_TO_PLAYER_BYTES = 4 << 20
"""A scenario and all commands of a past; the other way messages are as short as a worker's."""
PART_BYTES = 256 << 10

Side = Annotated[int, Meta(ge=0, le=1)]


class Replay(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to play at once, up to where, and how to go on from there.

    ``commands`` are of another time than their own if they are later than ``to_t``.
    """

    commands: Annotated[list[Given], Meta(max_length=MAX_COMMANDS)] = []
    to_t: Seconds = 0.0
    speed: float | None = 1.0
    paused: bool = False


class Load(msgspec.Struct, tag="load"):
    """Play a scenario on this side; answered when it has got to where ``replay`` ends.

    That is a Replay, as JSON.
    """

    id: int
    side: Side
    scenario_name: str
    scenario_text: str
    seed: int | None
    replay: bytes


class Copy(msgspec.Struct, tag="copy"):
    """Play on this side what the other has played, up to ``at_t`` (null: all of it).

    Then ``change``, a command, is given; empty: none. Answered as a Load.
    """

    id: int
    side: Side
    at_t: float | None
    change: bytes


class Ask(msgspec.Struct, tag="ask"):
    """A command for this side's lab."""

    id: int
    side: Side
    command: bytes


class Pack(msgspec.Struct, tag="pack"):
    """Answer with the run up to now, as a file."""

    id: int
    side: Side
    title: str


class Drop(msgspec.Struct, tag="drop"):
    """Play this side no more; answered when nothing of it is left."""

    id: int
    side: Side


class Listen(msgspec.Struct, tag="listen"):
    """Tell this side's messages, or no more."""

    side: Side
    on: bool


class Told(msgspec.Struct, tag="told"):
    """A message of a lab: its type and its JSON."""

    side: Side
    kind: str
    body: bytes


class Part(msgspec.Struct, tag="part"):
    """A piece of the answer to question ``id``."""

    id: int
    body: bytes
    is_last: bool


class Refused(msgspec.Struct, tag="refused"):
    """Question ``id`` was refused."""

    id: int
    code: str
    message: str
    field: str
    hint: str


class Noted(msgspec.Struct, tag="noted"):
    """A command was given, or (same ``place``) turned out to be refused: a Given, as JSON."""

    side: Side
    place: int
    given: bytes


class Pace(msgspec.Struct, frozen=True):
    """How time passes. ``reached_per_s``: lab seconds in the last second; null while it stands.

    ``speed`` is lab seconds a second, null is as fast as it goes.
    """

    speed: float | None = 1.0
    paused: bool = False
    reached_per_s: float | None = None


class Paced(msgspec.Struct, tag="paced"):
    """How time passes for both sides, and how far each has got; sent on change and now and then.

    ``replaying_to`` is where a side that catches up wants to get.
    """

    pace: Pace
    ts: dict[int, float]
    replaying_to: dict[int, float]


class Ended(msgspec.Struct, tag="ended"):
    """A side goes no further, or something asked for at its start was refused: why."""

    side: Side
    ended: str
    notice: str


ToPlayer = Load | Copy | Ask | Pack | Drop | Listen
FromPlayer = Told | Part | Refused | Noted | Paced | Ended
