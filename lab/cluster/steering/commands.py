"""The commands that a lab takes, over HTTP or a websocket, and their one shape of error."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lab.cluster.scenarios.authored import MAX_RATE_PER_S
from lab.cluster.scenarios.limits import VIRTUAL

MAX_TEXT = 500
MIN_SPEED, MAX_SPEED = 0.25, 1000.0
MAX_T = 1e7


class CommandError(Exception):
    """A command was refused, and nothing was changed."""

    def __init__(self, code: str, message: str, field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message, self.field, self.hint = map(_sendable, (message, field, hint))

    def plain(self) -> dict[str, str]:
        """Return the error as the API and the websocket tell it."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "hint": self.hint,
        }


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


Name = Annotated[str, Field(min_length=1, max_length=200)]
Time = Annotated[float, Field(ge=0.0, le=MAX_T)]
"""Seconds since the lab began."""
Rate = Annotated[float, Field(ge=0.0, le=MAX_RATE_PER_S)]


class InjectFault(_Command):
    """Break something on purpose."""

    command: Literal["inject_fault"]
    kind: Name
    target: Name
    params: dict[str, Any] = {}
    after_s: Annotated[float, Field(ge=0.0, le=3600.0)] = 0.0
    duration_s: Annotated[float, Field(gt=0.0, le=3600.0)] | None = None


class HealFault(_Command):
    """End a fault."""

    command: Literal["heal_fault"]
    fault: Name


class SetChain(_Command):
    """Replace the chain of a dependency, outermost first."""

    command: Literal["set_chain"]
    dependency: Name
    chain: Annotated[list[dict[str, Any]], Field(max_length=20)]


class Share(_Command):
    """A share of the users' requests."""

    route: Name
    share: Annotated[float, Field(ge=0.0, le=1000.0)]
    priority: Literal["critical", "default", "sheddable"] = "default"


class SetUsers(_Command):
    """Change the load."""

    command: Literal["set_users"]
    rate_per_s: Rate | None = None
    mix: Annotated[list[Share], Field(min_length=1, max_length=20)] | None = None
    max_in_flight: Annotated[int, Field(ge=1, le=5000)] | None = None
    patience_s: Annotated[float, Field(ge=0.01, le=300.0)] | None = None


class SetService(_Command):
    """Change how a service is run. ``queue`` null is an unbounded queue."""

    command: Literal["set_service"]
    service: Name
    replicas: Annotated[int, Field(ge=1, le=VIRTUAL.replicas)] | None = None
    capacity: Annotated[int, Field(ge=1, le=1000)] | None = None
    queue: Annotated[int, Field(ge=0, le=100_000)] | None = None
    health: dict[str, Any] | None = None
    restart: dict[str, Any] | None = None
    guards: dict[str, Any] | None = None


class Act(_Command):
    """Do something to a service or an instance."""

    command: Literal["act"]
    target: Name
    action: Literal["restart"]


class Reset(_Command):
    """Back to the scenario as authored."""

    command: Literal["reset"]


class Read(_Command):
    """Ask for something that is known."""

    command: Literal["state", "traces", "events", "stats", "hello"]


class ReadLog(_Command):
    """The last lines that a worker wrote."""

    command: Literal["log"]
    instance: Name


class ReadTrace(_Command):
    """One request with its spans."""

    command: Literal["trace"]
    trace: Name


class SetPace(_Command):
    """Let so many of a virtual lab's seconds pass in one; null: as fast as it goes."""

    command: Literal["set_pace"]
    speed: Annotated[float, Field(ge=MIN_SPEED, le=MAX_SPEED)] | None
    paused: bool


class Step(_Command):
    """Let just the next thing happen in a virtual lab: a moment, or all up to a frame or event."""

    command: Literal["step"]
    to: Literal["moment", "frame", "event"] = "moment"


class Moment(_Command):
    """Everything as it was at a lab time."""

    command: Literal["moment"]
    t: Time


class Span(_Command):
    """The messages of a stretch of lab time, page by page."""

    command: Literal["span"]
    from_t: Time
    to_t: Time


Change = InjectFault | HealFault | SetChain | SetUsers | SetService | Act | Reset
Look = Read | ReadLog | ReadTrace
"""What tells and changes nothing."""
Timing = SetPace | Step
Past = Moment | Span

Command = (
    InjectFault | HealFault | SetChain | SetUsers | SetService | Act | Reset | Read
    | ReadLog | ReadTrace | SetPace | Step | Moment | Span
)  # fmt: skip

_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="command")])

_NAMES = tuple(
    name for kind in get_args(Command) for name in get_args(kind.model_fields["command"].annotation)
)


def parse_command(fields: Mapping[str, object]) -> Command:
    """Return the typed command. Raises CommandError that names the field and what is allowed."""
    try:
        return _COMMAND.validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    if first["type"].startswith("union_tag"):
        known = ", ".join(_NAMES)
        raise CommandError("unknown_command", "no such command", "command", f"known: {known}")
    path = [str(part) for part in first["loc"][1:]]
    code = "unknown_field" if first["type"] == "extra_forbidden" else "invalid"
    message = f"{first['msg'][:1].lower()}{first['msg'][1:]}"
    raise CommandError(code, message, ".".join(path), _hint(first))


def unknown(what: str, name: str, known: Iterable[str], field: str) -> CommandError:
    """Return the error for a name that does not exist; it proposes the nearest ones."""
    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    there = f"there are: {', '.join(names[:20])}" if names else "there are none"
    hint = f"did you mean {', '.join(near)}?" if near else there
    return CommandError(f"unknown_{what}", f"there is no {what} named {name!r}", field, hint)


def _sendable(text: str) -> str:
    """Return text that may repeat what somebody sent: short, and without lone surrogates."""
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")


def _hint(error: Any) -> str:
    limits = ", ".join(f"{key} {value}" for key, value in error.get("ctx", {}).items())
    got = repr(error.get("input"))
    return f"{limits}; got {got[:80]}".lstrip("; ")
