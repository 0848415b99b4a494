"""A process that carries out orders one after the other: ``python -m`` this, with a niceness.

::

    experiment ──stdin:  length, Order──▶ worker ──stdout: length, Told | Trial──▶ experiment

It ends at the end of its input, also in the middle of a trial: nobody would read the result.
"""

import os
import queue
import sys
import threading
from typing import BinaryIO

import msgspec

from lab.cluster.experiments.playing import play
from lab.cluster.experiments.trial import Order, Trial
from lab.cluster.virtual.memory import collect_seldom

LENGTH_BYTES = 4


class Told(msgspec.Struct, tag="told"):
    """How far a trial has come, in virtual seconds."""

    t: float


class Done(msgspec.Struct, tag="done"):
    """What came of a trial."""

    trial: Trial


def main() -> None:
    """Serve orders until the input ends."""
    os.nice(int(sys.argv[1]))
    collect_seldom()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything prints must not be taken for an answer
    orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
    threading.Thread(target=_read, args=[sys.stdin.buffer, orders], daemon=True).start()
    while True:
        trial = play(orders.get(), lambda t: _write(answers, Told(t)))
        _write(answers, Done(trial))


def _read(source: BinaryIO, orders: "queue.SimpleQueue[Order]") -> None:
    while len(head := source.read(LENGTH_BYTES)) == LENGTH_BYTES:
        body = source.read(int.from_bytes(head, "big"))
        orders.put(msgspec.msgpack.decode(body, type=Order))
    os._exit(0)


def framed(message: Order | Told | Done) -> bytes:
    """Return a message as it is written."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def _write(answers: BinaryIO, message: Told | Done) -> None:
    try:
        answers.write(framed(message))
        answers.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
