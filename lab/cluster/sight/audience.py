"""Those who listen to a lab, and the messages that they are sent: each is encoded once."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

Plain = dict[str, Any]

Listener = Callable[[str, bytes], None]
"""Takes a message's type and its JSON."""


class Audience:
    """The listeners of one lab. ``state`` makes the whole state; it is sent when it has changed."""

    def __init__(self, state: Callable[[], Plain]) -> None:
        self.version = 0
        self._state = state
        self._listeners: list[Listener] = []
        self._recorders: list[Listener] = []
        self._changed = False

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def join(self, listener: Listener) -> Callable[[], None]:
        """Send everything to ``listener`` from now on; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, listener: Listener) -> Callable[[], None]:
        """The same for a record, which is also told what only a record keeps (see ``keep``)."""
        self._recorders.append(listener)
        leave = self.join(listener)

        def end() -> None:
            self._recorders.remove(listener)
            leave()

        return end

    @property
    def is_recorded(self) -> bool:
        """Whether anybody would ``keep`` something."""
        return bool(self._recorders)

    def keep(self, message: Plain) -> None:
        """Send a message to the records only: what others ask for when they want it."""
        body = msgspec.json.encode(message)
        for recorder in list(self._recorders):
            recorder(message["type"], body)

    def send(self, message: Plain) -> None:
        """Send a message to all; nobody's ears cost nothing."""
        if self._listeners:
            self.send_encoded(message["type"], msgspec.json.encode(message))

    def send_encoded(self, kind: str, message: bytes) -> None:
        """Send what is JSON already."""
        for listener in list(self._listeners):
            listener(kind, message)

    def touch(self) -> None:
        """Send the state soon: once for all that changes in this turn of the loop."""
        if not self._changed:
            self._changed = True
            asyncio.get_running_loop().call_soon(self.catch_up)

    def catch_up(self) -> None:
        """Send the state at once if it has changed, as before a frame that is in its order."""
        if self._changed:
            self._changed = False
            self.version += 1
            if self._listeners:
                self.send(self._state())
