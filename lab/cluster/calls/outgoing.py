"""All that one worker calls: its dependencies' callers, their probes, and the one transport."""

import asyncio
from collections.abc import Mapping
from typing import Any

from lab.cluster.calls.call import Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.probes import Probes
from lab.cluster.specs import DependencySpec


class Outgoing:
    """The dependencies of one worker. It shares ``addresses`` (link → port) with the transport."""

    def __init__(self, specs: list[DependencySpec], addresses: dict[str, int], site: Site) -> None:
        self.callers: dict[str, Caller] = {}
        self._addresses = addresses
        self._site = site
        self._probes: dict[str, Probes] = {}
        self._group: asyncio.TaskGroup | None = None
        self._specs = specs
        for spec in specs:
            caller = Caller(spec.name, spec.chain, site)
            self.callers[spec.name] = caller
            self._probes[spec.name] = Probes(spec.health, caller.attempts, site)

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Add every callee instance and start to probe it."""
        self._group = group
        for spec in self._specs:
            for instance, port in spec.instances.items():
                self.add(spec.name, instance, port, near=instance in spec.near)

    def add(self, dependency: str, instance: str, port: int, *, near: bool) -> None:
        """Call ``instance`` too, through its link's ``port``; ``near``: it is in our own zone."""
        assert self._group is not None
        self._addresses[f"{self._site.me}→{instance}"] = port
        self.callers[dependency].attempts.add(instance, near=near)
        self._probes[dependency].watch(instance, self._group)

    def remove(self, dependency: str, instance: str) -> None:
        """Call ``instance`` no more."""
        self._probes[dependency].forget(instance)
        self.callers[dependency].attempts.remove(instance)

    def lose(self, fault: str, dependency: str) -> None:
        """Know the callees of a dependency no more, until ``find``."""
        self.callers[dependency].attempts.lost_by.add(fault)

    def find(self, fault: str) -> None:
        """Know again whom this fault made unknown."""
        for caller in self.callers.values():
            caller.attempts.lost_by.discard(fault)

    def rechain(self, dependency: str, chain: list[dict[str, Any]]) -> None:
        """Replace the chain of a dependency."""
        self.callers[dependency].rechain(chain)

    def retune_health(self, dependency: str, health: Mapping[str, Any]) -> None:
        """Replace the rules of a dependency's health checks."""
        self._probes[dependency].retune(health)

    def snapshot(self) -> dict[str, dict[str, object]]:
        """Return the state of every dependency's enabled patterns and of its probes."""
        state = {}
        for name, caller in self.callers.items():
            caller.poll()
            self._probes[name].poll()
            state[name] = caller.snapshot() | {"health": self._probes[name].snapshot()}
        return state
