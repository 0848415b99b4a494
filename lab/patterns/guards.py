"""What guards a service: the patterns at its door and in its queue, in the order they act.

    request ─▶ ledger ─▶ admission ─▶ shedding ─▶ queue ─▶ codel, deadline_drop ─▶ work ─▶ brownout
                                          └ queue_order says who is next

Cancellation spans all of it. Their order is fixed, unlike a chain's: who is refused at the door
never waits, and what waited is judged when it leaves the queue.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lab.patterns.admission import AdmissionSettings
from lab.patterns.brownout import BrownoutSettings
from lab.patterns.cancellation import CancellationSettings
from lab.patterns.codel import CodelSettings
from lab.patterns.deadline_drop import DeadlineDropSettings
from lab.patterns.idempotency import LedgerSettings
from lab.patterns.parameters import ParameterError, nearest, parse, plain
from lab.patterns.queue_order import QueueOrderSettings
from lab.patterns.shedding import SheddingSettings

GUARDS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "cancellation": CancellationSettings,
        "ledger": LedgerSettings,
        "admission": AdmissionSettings,
        "shedding": SheddingSettings,
        "queue_order": QueueOrderSettings,
        "codel": CodelSettings,
        "deadline_drop": DeadlineDropSettings,
        "brownout": BrownoutSettings,
    }
)

Settings = Any
"""An instance of the class that GUARDS has for its name."""


def parse_guards(
    values: Mapping[str, object], before: Mapping[str, Settings] | None = None
) -> dict[str, Settings]:
    """Return the settings of all guards: those in ``values`` changed, the others as ``before``.

    Raises ParameterError; its field says where, as in ``codel.target_s``.
    """
    guards = {name: (before or {}).get(name, kind()) for name, kind in GUARDS.items()}
    for name, changes in values.items():
        if name not in GUARDS:
            message = f"no guard of a service is named {repr(name)[:60]}"
            raise ParameterError(str(name), message, nearest(name, GUARDS))
        if not isinstance(changes, Mapping):
            raise ParameterError(name, f"must be an object, not {repr(changes)[:60]}")
        try:
            guards[name] = parse(GUARDS[name], plain(guards[name]) | dict(changes))
        except ParameterError as error:
            raise ParameterError(f"{name}.{error.field}", error.message, error.hint) from None
    return guards


def plain_guards(guards: Mapping[str, Settings]) -> dict[str, dict[str, object]]:
    """Return guards as JSON values, so that ``parse_guards(plain_guards(guards)) == guards``."""
    return {name: plain(settings) for name, settings in guards.items()}
