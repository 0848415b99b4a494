"""How a call ended. The order here is the order of every list of seven counts."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """One word for the end of a user request, a call or an attempt.

    ==================  =====================================================================
    ok                  answered as asked
    degraded            answered, with less than was asked for (a fallback, an optional part)
    failed              answered with an error, or the connection broke
    timed_out           the time ran out first; the work may have been done (indefinite)
    refused             no connection, or no place: certainly not done
    shed                the callee turned it away to protect itself: certainly not done
    short_circuited     the caller's breaker did not let it out: certainly not done
    ==================  =====================================================================
    """

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    SHED = "shed"
    SHORT_CIRCUITED = "short_circuited"


OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)

INDEX: Mapping[Outcome, int] = MappingProxyType({each: i for i, each in enumerate(OUTCOMES)})
