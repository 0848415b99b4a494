"""The patterns of reliability, each in one pure file: it decides, the caller acts.

No clock, chance, task or socket in here: times come in as ``now_s`` (seconds of any monotonic
clock), chance as a function that returns a number in [0, 1).
"""

from lab.patterns.catalogue import PATTERNS
from lab.patterns.chain import DEFAULT_ORDER, Layer, parse_chain, plain_chain
from lab.patterns.kind import PatternKind, Transition
from lab.patterns.parameters import (
    Parameter,
    ParameterError,
    parameter,
    parameters,
    parse,
    plain,
    schema,
)

__all__ = [
    "DEFAULT_ORDER",
    "PATTERNS",
    "Layer",
    "Parameter",
    "ParameterError",
    "PatternKind",
    "Transition",
    "parameter",
    "parameters",
    "parse",
    "parse_chain",
    "plain",
    "plain_chain",
    "schema",
]
