"""A run as one file: gzip of JSON lines, the head first, then every message as [t, kind, body].

Anybody can read it without us: ``zcat < checkout.run | head -1 | jq``. The head is a gzip member
of its own, so that a run can be given another title without unpacking the rest.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from lab.cluster.runs.head import FORMAT, VERSION, Branch, Given, Head
from lab.cluster.runs.recording import Message, Recording
from lab.cluster.runs.shapes import kind_of

__all__ = ["Branch", "Given", "Head", "Run", "RunError", "pack", "retitled", "unpack"]

MAX_FILE_BYTES = 16 << 20
MAX_UNPACKED_BYTES = 512 << 20
MAX_LINE_BYTES = 8 << 20

BLOCK_BYTES = 1 << 18
PACKED_FROM_BYTES = 28 << 20
"""So much of a recording usually fits into a file: it is compressed better there."""


class RunError(Exception):
    """A file is not a run that can be read here; the text says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Run(msgspec.Struct):
    """A head and its messages."""

    head: Head
    recording: Recording


_HEAD = msgspec.json.Decoder(Head)
_LINE = msgspec.json.Decoder(tuple[float, str, msgspec.Raw])
_EXPORT = "export the run again"
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""No JSON, of another shape, not UTF-8, or nested without an end."""


def pack(run: Run) -> bytes:
    """Return the file. Of a record that is too long for one, the oldest messages are left out.

    Raises RunError for a head that ``unpack`` would not take.
    """
    limit_bytes = PACKED_FROM_BYTES
    while True:
        kept = run.recording.copy(limit_bytes)
        head = replace(run.head, from_t=kept.from_t, is_whole=kept.is_whole)
        line = msgspec.json.encode(head)
        _head(line)
        file = _zipped([line]) + _zipped(_lines_of(kept))
        if len(file) <= MAX_FILE_BYTES or not limit_bytes:
            return file
        limit_bytes //= 2


def retitled(file: bytes, title: str) -> bytes:
    """Return a file that ``pack`` made, under another title."""
    unzipper = zlib.decompressobj(wbits=31)
    head = replace(_head(unzipper.decompress(file)), title=title)
    return _zipped([msgspec.json.encode(head)]) + unzipper.unused_data


def unpack(data: bytes) -> Run:
    """Return the run in a file. Raises RunError for anything else, and for another version."""
    if len(data) > MAX_FILE_BYTES:
        raise RunError(f"the file has {len(data)} bytes", f"at most {MAX_FILE_BYTES} are read")
    lines = _lines(data)
    head = _head(next(lines, b""))
    recording = Recording()
    for number, line in enumerate(lines, start=2):
        try:
            message = _message(line, recording.to_t)
        except _UNREADABLE as error:
            raise RunError(f"line {number} is damaged: {error}", _EXPORT) from error
        recording.add(*message)
    if head.is_whole and recording.digest != head.digest:
        raise RunError("the messages do not have the digest that the head names", _EXPORT)
    return Run(head, recording)


def _zipped(lines: Iterable[bytes]) -> bytes:
    zipper = zlib.compressobj(6, zlib.DEFLATED, 31)
    parts, block = [], bytearray()
    for line in lines:
        block += line
        block += b"\n"
        if len(block) >= BLOCK_BYTES:
            parts.append(zipper.compress(block))
            block = bytearray()
    parts += [zipper.compress(block), zipper.flush()]
    return b"".join(parts)


def _lines_of(recording: Recording) -> Iterator[bytes]:
    before = recording.beginning
    if before is not None and before.body:
        yield _line_of(before)
    yield from map(_line_of, recording)


def _line_of(message: Message) -> bytes:
    t, kind, body = message
    return msgspec.json.encode((t, kind, msgspec.Raw(body)))


def _message(line: bytes, not_before_t: float) -> Message:
    t, kind, body = _LINE.decode(line)
    if t < not_before_t:
        raise ValueError(f"its time is {t:g} s, after {not_before_t:g} s")
    if kind != kind_of(body):
        raise ValueError("the message is of another kind than the line says")
    return Message(t, kind, bytes(body))


def _lines(data: bytes) -> Iterator[bytes]:
    rest, unpacked_bytes = b"", 0
    for piece in _unzipped(data):
        unpacked_bytes += len(piece)
        if unpacked_bytes > MAX_UNPACKED_BYTES:
            raise RunError("the run is too long", f"at most {MAX_UNPACKED_BYTES} bytes are read")
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE_BYTES:
            raise RunError("a line is too long", f"a line has at most {MAX_LINE_BYTES} bytes")
    if rest:
        yield rest


def _unzipped(data: bytes) -> Iterator[bytes]:
    """Yield what is in the file in pieces, however much it is."""
    unzipper = zlib.decompressobj(wbits=31)
    try:
        for start in range(0, len(data), BLOCK_BYTES):
            packed = data[start : start + BLOCK_BYTES]
            while packed:
                if unzipper.eof:
                    unzipper = zlib.decompressobj(wbits=31)
                yield unzipper.decompress(packed, BLOCK_BYTES)
                packed = unzipper.unused_data if unzipper.eof else unzipper.unconsumed_tail
        yield unzipper.flush()
    except zlib.error as error:
        raise RunError(
            f"this is no gzip file: {error}", "choose a file that was exported from a run"
        ) from error
    if not unzipper.eof:
        raise RunError("the file ends too early", _EXPORT)


def _head(line: bytes) -> Head:
    try:
        about: Any = msgspec.json.decode(line)
        form, version = about["format"], about["version"]
    except (*_UNREADABLE, TypeError, KeyError) as error:
        raise RunError("the first line is not the head of a run", _EXPORT) from error
    if form != FORMAT:
        raise RunError(f"the format is {form!r:.40}", f"want {FORMAT!r}")
    if version != VERSION:
        raise RunError(
            f"the run has version {version!r:.40}, this Faultline reads {VERSION}",
            "use the Faultline that wrote it, or update this one",
        )
    try:
        return _HEAD.decode(line)
    except _UNREADABLE as error:
        raise RunError(f"the head is not right: {error}", _EXPORT) from error
