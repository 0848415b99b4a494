"""How large a lab may be: as much as its body can carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of everything that a body takes on; ``replicas`` are those of one service."""

    instances: int
    links: int
    replicas: int

    def allow(self, instances: int, links: int) -> bool:
        """Say whether a lab with so many of both is not too large."""
        return instances <= self.instances and links <= self.links


LIVE = Limits(instances=24, links=100, replicas=8)
"""Every instance is a process, and every link a port, of one machine that does other things too."""

VIRTUAL = Limits(instances=1_000, links=10_000, replicas=1_000)
"""Instances cost memory and slow time down, and nothing else (see ``tests/bench/virtual.py``)."""
