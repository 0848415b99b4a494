"""A run as one file: gzip of JSON lines, the head first, then every message as [t, kind, body].

Anybody can read it without us: ``zcat checkout.run | head -1 | jq``.
"""

import gzip
import zlib
from typing import Any

import msgspec

from lab.cluster.runs.recording import Recording

FORMAT = "faultline-run"
VERSION = 1
MAX_FILE_BYTES = 32 << 20
MAX_UNPACKED_BYTES = 512 << 20


class RunError(Exception):
    """A file is not a run that can be read here; the text says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Given(msgspec.Struct, frozen=True, omit_defaults=True):
    """A command and the lab's time when it was given; ``error`` if it was refused."""

    t: float
    fields: dict[str, Any]
    error: str = ""


class Branch(msgspec.Struct, frozen=True):
    """Where a run left another one: the other's digest up to its end, and the lab's time."""

    digest: str
    t: float


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is. With a virtual body, scenario, seed and commands give the rest again."""

    format: str = FORMAT
    version: int = VERSION
    scenario_name: str
    scenario_text: str
    seed: int
    body: str
    """``live`` or ``virtual``."""
    from_t: float = 0.0
    to_t: float
    commands: list[Given]
    digest: str
    title: str = ""
    branch_of: Branch | None = None
    ended: str = ""
    """Why it ended before its time: a bound that it met."""


class Run(msgspec.Struct):
    """A head and its messages."""

    head: Head
    recording: Recording


_HEAD = msgspec.json.Decoder(Head)
_LINE = msgspec.json.Decoder(tuple[float, str, msgspec.Raw])


def pack(run: Run) -> bytes:
    """Return the file."""
    encode = msgspec.json.encode
    lines = [encode(run.head)]
    lines += [encode((t, kind, msgspec.Raw(body))) for t, kind, body in run.recording]
    return gzip.compress(b"\n".join(lines) + b"\n", 6, mtime=0)


def unpack(data: bytes) -> Run:
    """Return the run in a file. Raises RunError for anything else, and for another version."""
    if len(data) > MAX_FILE_BYTES:
        raise RunError(f"the file has {len(data)} bytes", f"at most {MAX_FILE_BYTES} are read")
    first, *rest = _unzip(data).splitlines()
    head = _head(first)
    recording = Recording()
    try:
        for line in rest:
            t, kind, body = _LINE.decode(line)
            recording.add(t, kind, bytes(body))
    except msgspec.MsgspecError as error:
        raise RunError(f"line {recording.messages + 2} is damaged: {error}", _EXPORT) from error
    if recording.digest != head.digest:
        raise RunError("the messages do not have the digest that the head names", _EXPORT)
    return Run(head, recording)


_EXPORT = "export the run again"


def _unzip(data: bytes) -> bytes:
    try:
        unzipper = zlib.decompressobj(wbits=31)
        text = unzipper.decompress(data, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise RunError(
            f"this is no gzip file: {error}", "choose a file that was exported"
        ) from error
    if unzipper.unconsumed_tail:
        raise RunError("the run is too long", f"at most {MAX_UNPACKED_BYTES} bytes are read")
    if not unzipper.eof or not text:
        raise RunError("the file ends too early", _EXPORT)
    return text


def _head(line: bytes) -> Head:
    try:
        about: Any = msgspec.json.decode(line)
        form, version = about["format"], about["version"]
    except (msgspec.DecodeError, TypeError, KeyError) as error:
        raise RunError("the first line is not the head of a run", _EXPORT) from error
    if form != FORMAT:
        raise RunError(f"the format is {form!r}", f"want {FORMAT!r}")
    if version != VERSION:
        raise RunError(
            f"the run has version {version!r}, this Faultline reads {VERSION}",
            "use the Faultline that wrote it, or update this one",
        )
    try:
        return _HEAD.decode(line)
    except msgspec.ValidationError as error:
        raise RunError(f"the head is not right: {error}", _EXPORT) from error
