"""The control line: whole messages however the bytes are cut, and nothing else."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.cluster.processes.wire import (
    MAX_MESSAGE_BYTES,
    MAX_UNSENT_BYTES,
    Counted,
    Done,
    FromWorker,
    Happened,
    Line,
    Order,
    Ready,
    Spans,
    Start,
    ToWorker,
    WireError,
)
from lab.cluster.specs import WorkerSpec
from lab.telemetry.tick import Tick


class FakeTransport(asyncio.Transport):
    """Keeps what is written, and says how much of it nobody has read."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.unread_bytes = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return self.unread_bytes

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


class End:
    """One end of a line with what arrived at it."""

    def __init__(self, incoming: Any) -> None:
        self.arrived: list[Any] = []
        self.closes = 0
        self.transport = FakeTransport()
        self.line: Line[Any] = Line(incoming, self.arrived.append, self._closed)
        self.line.connection_made(self.transport)

    def _closed(self) -> None:
        self.closes += 1


def framed(*messages: object) -> bytes:
    """Return the bytes that a line writes for these messages."""
    sender = End(FromWorker)
    for message in messages:
        sender.line.send(message)
    return bytes(sender.transport.written)


FROM_WORKER = [
    Ready(),
    Done(3, "no", {"a": 1}),
    Happened("health", "back-1", "out of the balance", 12.5, {"healthy": False}),
    Spans([("t", "s", "", "user", "/", 0.0, 1.0, "ok", "", 0)]),
    Counted(Tick("back-1", 1, 0.5, gauges={"busy": 2})),
]


def test_every_message_arrives_as_it_was_sent() -> None:
    end = End(FromWorker)
    end.line.data_received(framed(*FROM_WORKER))
    assert end.arrived == FROM_WORKER
    worker = End(ToWorker)
    sent = [Start(WorkerSpec("back-1", 7)), Order(1, "chain", {"chain": []})]
    worker.line.data_received(framed(*sent))
    assert worker.arrived == sent


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=200))
def test_however_the_bytes_are_cut_the_messages_are_whole(sizes: list[int]) -> None:
    data, end = framed(*FROM_WORKER * 3), End(FromWorker)
    for size in sizes:
        end.line.data_received(data[:size])
        data = data[size:]
    end.line.data_received(data)
    assert end.arrived == FROM_WORKER * 3


def test_a_message_of_the_greatest_size_passes_and_a_longer_one_closes_the_line() -> None:
    body = MAX_MESSAGE_BYTES
    for size, closed in ((body, True), (body + 1, True)):
        end = End(FromWorker)
        end.line.data_received(struct.pack(">I", size))
        assert end.transport.closed == (size > body)
        end.line.data_received(b"\x00" * size)
        assert end.transport.closed is closed  # so many zeros are no message either
        assert end.arrived == []
    text = "x" * (MAX_MESSAGE_BYTES - 100)
    end = End(FromWorker)
    end.line.data_received(framed(Done(1, text)))
    assert [done.error for done in end.arrived] == [text]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"no msgpack at all",
        msgspec.msgpack.encode({"type": "unheard-of"}),
        msgspec.msgpack.encode({"type": "done", "id": "not a number"}),
        msgspec.msgpack.encode([1, 2, 3]),
        msgspec.msgpack.encode(Start(WorkerSpec("back-1", 7))),  # not for this direction
        msgspec.msgpack.encode(Ready()) + b"\x00",
    ],
)
def test_what_is_no_message_closes_the_line(body: bytes) -> None:
    end = End(FromWorker)
    end.line.data_received(framed(Ready()) + struct.pack(">I", len(body)) + body)
    assert end.arrived == [Ready()]
    assert end.transport.closed


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_noise_never_raises(noise: bytes) -> None:
    end = End(FromWorker)
    end.line.data_received(noise)
    assert all(isinstance(message, FromWorker) for message in end.arrived)


def test_after_a_message_that_is_none_nothing_more_is_read() -> None:
    end = End(FromWorker)
    bad = struct.pack(">I", 1) + b"\xc1"
    end.line.data_received(framed(Ready()) + bad + framed(Ready()))
    assert end.arrived == [Ready()]


@contextmanager
def refused(words: str) -> Iterator[None]:
    with pytest.raises(WireError, match=words):
        yield


def test_nothing_is_sent_over_a_closed_line() -> None:
    end = End(FromWorker)
    end.line.close()
    with refused("closed"):
        end.line.send(Order(1, "chain"))
    end.line.connection_lost(None)
    assert end.closes == 1
    with refused("closed"):
        end.line.send(Order(1, "chain"))


def test_a_reader_that_has_stopped_is_told_no_more() -> None:
    end = End(FromWorker)
    end.transport.unread_bytes = MAX_UNSENT_BYTES + 1
    with refused("stopped reading"):
        end.line.send(Order(1, "chain"))
    assert end.transport.written == b""


def test_a_message_that_the_other_side_would_refuse_is_refused_here() -> None:
    end = End(FromWorker)
    with refused("too long"):
        end.line.send(Done(1, "x" * (MAX_MESSAGE_BYTES + 1)))
    assert end.transport.written == b""
    end.line.send(Ready())
    assert end.transport.written == framed(Ready())
