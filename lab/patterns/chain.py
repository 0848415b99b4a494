"""The chain of a dependency: which patterns a call goes through, outermost first.

    call ─▶ fallback ─▶ cache ─▶ idempotency ─▶ timeout ─▶ retry ─▶ breaker ─▶ throttle
        ─▶ bulkhead ─▶ rate_limit ─▶ hedge ─▶ attempt_timeout ─▶ outlier ─▶ balance ─▶ an instance

The order is the learner's and has a meaning: retry(breaker(call)) lets the breaker see every
attempt, breaker(retry(call)) only how the call ended in the end. Balance is always innermost and
always on, since something has to choose the instance; outlier goes with it, wherever it stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.patterns.catalogue import PATTERNS
from lab.patterns.parameters import ParameterError, nearest, parse, plain

DEFAULT_ORDER = (
    "fallback",
    "cache",
    "idempotency",
    "timeout",
    "retry",
    "breaker",
    "throttle",
    "bulkhead",
    "rate_limit",
    "hedge",
    "attempt_timeout",
    "outlier",
    "balance",
)
INNERMOST = DEFAULT_ORDER[-1]

Settings = Any
"""An instance of ``PATTERNS[pattern].settings``: which class that is, only ``pattern`` tells."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A pattern at its place in a chain."""

    pattern: str
    enabled: bool
    settings: Settings


def parse_chain(entries: Sequence[object]) -> tuple[Layer, ...]:
    """Return the whole chain that ``[{"pattern": name, "enabled": true, **parameters}]`` means.

    A pattern that is not named is added, disabled, behind the one before it in the default order.
    Raises ParameterError; its field says where, as in ``chain[2].attempts``.
    """
    if isinstance(entries, (str, bytes)) or not isinstance(entries, Sequence):
        raise ParameterError("chain", f"must be a list of patterns, not {repr(entries)[:60]}")
    layers: list[Layer] = []
    for place, entry in enumerate(entries):
        layer = _layer(entry, f"chain[{place}]")
        if any(layer.pattern == other.pattern for other in layers):
            message = f"{layer.pattern} stands in the chain twice"
            raise ParameterError(f"chain[{place}].pattern", message, "each pattern has one place")
        layers.append(layer)
    _check_innermost(layers)
    return _completed(layers)


def plain_chain(layers: Sequence[Layer]) -> list[dict[str, object]]:
    """Return a chain as JSON values, so that ``parse_chain(plain_chain(layers)) == layers``."""
    return [
        {"pattern": layer.pattern, "enabled": layer.enabled, **plain(layer.settings)}
        for layer in layers
    ]


def _layer(entry: object, field: str) -> Layer:
    if not isinstance(entry, Mapping):
        hint = 'write it as {"pattern": "retry", "attempts": 3}'
        raise ParameterError(field, f"must be an object, not {repr(entry)[:60]}", hint)
    values = dict(entry)
    pattern, enabled = values.pop("pattern", None), values.pop("enabled", True)
    if pattern not in DEFAULT_ORDER:
        message = f"no pattern of a chain is named {repr(pattern)[:60]}"
        raise ParameterError(f"{field}.pattern", message, nearest(pattern, DEFAULT_ORDER))
    if not isinstance(enabled, bool):
        message = f"must be true or false, not {repr(enabled)[:60]}"
        raise ParameterError(f"{field}.enabled", message)
    try:
        return Layer(pattern, enabled, parse(PATTERNS[pattern].settings, values))
    except ParameterError as error:
        raise ParameterError(f"{field}.{error.field}", error.message, error.hint) from None


def _check_innermost(layers: Sequence[Layer]) -> None:
    for place, layer in enumerate(layers):
        if layer.pattern != INNERMOST:
            continue
        if not layer.enabled:
            message = "balance cannot be switched off"
            raise ParameterError(
                f"chain[{place}].enabled", message, "something has to choose the instance"
            )
        if layer is not layers[-1]:
            message = "balance must be the last of the chain"
            raise ParameterError(
                f"chain[{place}].pattern", message, "it chooses the instance of each attempt"
            )


def _completed(layers: list[Layer]) -> tuple[Layer, ...]:
    """Return the layers with those that are missing, each behind its default predecessor."""
    if not layers or layers[-1].pattern != INNERMOST:
        layers = [*layers, Layer(INNERMOST, True, PATTERNS[INNERMOST].settings())]
    place = 0
    for pattern in DEFAULT_ORDER:
        names = [layer.pattern for layer in layers]
        if pattern in names:
            place = names.index(pattern) + 1
        else:
            layers.insert(place, Layer(pattern, False, PATTERNS[pattern].settings()))
            place += 1
    return tuple(layers)
