"""Every pattern there is by its name: those of a chain in their default order, then a service's."""

from collections.abc import Mapping
from types import MappingProxyType

from lab.patterns.catalogue_chain import CHAIN_PATTERNS
from lab.patterns.catalogue_service import SERVICE_PATTERNS
from lab.patterns.kind import PatternKind

PATTERNS: Mapping[str, PatternKind] = MappingProxyType(
    {kind.name: kind for kind in (*CHAIN_PATTERNS, *SERVICE_PATTERNS)}
)
