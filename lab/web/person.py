"""A person: someone with labs, however they were recognised."""

from dataclasses import dataclass
from enum import Enum

from django.conf import settings

LOCAL = "local"


class Proof(Enum):
    """How a person was recognised. Only a session's requests can be forged by a foreign page."""

    LOCAL = "local"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a word, not a secret


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with labs. ``owner`` is what their labs and tokens are filed under."""

    owner: str
    proof: Proof

    @property
    def may_use_all(self) -> bool:
        """The local learner, without a cookie, is whoever sits at this machine."""
        return self.owner == LOCAL and not settings.FAULTLINE_SHARED

    @property
    def owners(self) -> tuple[str, ...]:
        """Whose labs this person may use: their own, and on one's own machine the local ones."""
        return (self.owner,) if settings.FAULTLINE_SHARED else (self.owner, LOCAL)
