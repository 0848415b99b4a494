"""What one side's listeners are told: all of it, but of many frames at once only the newest.

At forty times real time nobody sees every frame. Those with a row for the charts are kept, and the
states by which the frames that are kept are read.
"""

from typing import Any

import msgspec

Message = tuple[str, bytes]


class _Head(msgspec.Struct):
    row: msgspec.Raw = msgspec.Raw(b"null")


class _Traces(msgspec.Struct, tag_field="type", tag="traces"):
    traces: list[msgspec.Raw]


_HEAD = msgspec.json.Decoder(_Head)
_TRACES = msgspec.json.Decoder(_Traces)


class Ears:
    """Collects messages until they are taken. Times are whoever takes them's affair."""

    def __init__(self) -> None:
        self.are_open = False
        self._heard: list[Message] = []

    def hear(self, kind: str, body: bytes) -> None:
        """Take a message, if somebody listens."""
        if self.are_open:
            self._heard.append((kind, body))

    def take(self) -> list[Message]:
        """Return what is worth telling of what was heard since the last time, in its order."""
        heard, self._heard = self._heard, []
        if not self.are_open:
            return []
        if sum(kind == "frame" for kind, _ in heard) > 1:
            heard = _thinned(heard)
        return _with_traces_joined(heard)


def _thinned(heard: list[Message]) -> list[Message]:
    kept: list[Message] = []
    is_newest, state_is_wanted = True, True
    for kind, body in reversed(heard):
        if kind == "frame":
            if not is_newest and bytes(_HEAD.decode(body).row) == b"null":
                continue
            is_newest, state_is_wanted = False, True
        elif kind == "state":
            if not state_is_wanted:
                continue
            state_is_wanted = False
        kept.append((kind, body))
    return kept[::-1]


def _with_traces_joined(heard: list[Message]) -> list[Message]:
    traces = [body for kind, body in heard if kind == "traces"]
    if len(traces) < 2:
        return heard
    together: list[Any] = [trace for body in traces for trace in _TRACES.decode(body).traces]
    others = [message for message in heard if message[0] != "traces"]
    return [*others, ("traces", msgspec.json.encode(_Traces(together)))]
