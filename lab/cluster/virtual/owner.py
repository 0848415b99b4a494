"""Whose code runs in a virtual loop."""

from abc import ABC, abstractmethod
from contextvars import ContextVar


class Owner(ABC):
    """Whose code runs."""

    @abstractmethod
    def failed(self, error: Exception) -> None:
        """Take what a callback of its own raised."""


OWNER: ContextVar[Owner | None] = ContextVar("owner", default=None)
"""A virtual process; None for everything outside them."""
