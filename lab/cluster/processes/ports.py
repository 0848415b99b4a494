"""Loopback ports that stay a lab's own, whether or not a process serves them."""

import socket

LOOPBACK = "127.0.0.1"


class Reservation:
    """A port held by a bound socket that never listens.

    With SO_REUSEPORT a worker binds the same port and listens. While none does, the kernel refuses
    connections, as it would for a dead server, and nobody else can take the port.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._socket.bind((LOOPBACK, 0))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]

    def release(self) -> None:
        """Give the port back."""
        self._socket.close()
