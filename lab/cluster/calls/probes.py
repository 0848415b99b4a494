"""Active health checks: a caller asks each callee instance over the very link that it would use."""

import asyncio
from collections.abc import Mapping
from typing import Any

from lab.cluster.calls.attempts import Attempts
from lab.cluster.calls.call import Site
from lab.cluster.message import HEALTH_PATH, LinkError, Request
from lab.patterns.health import HealthSettings, HealthTracker
from lab.patterns.parameters import parse


class Probes:
    """Probes the instances of one dependency and takes them out of its balance, or back in."""

    def __init__(self, settings: Mapping[str, Any], attempts: Attempts, site: Site) -> None:
        self._settings = parse(HealthSettings, settings)
        self._attempts = attempts
        self._site = site
        self._chance = site.streams.chance(f"probes {attempts.dependency}")
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._trackers: dict[str, HealthTracker] = {}

    def watch(self, instance: str, group: asyncio.TaskGroup) -> None:
        """Probe ``instance`` until it is forgotten."""
        self._trackers[instance] = HealthTracker(self._settings, self._site.clock())
        self._tasks[instance] = group.create_task(self._probe(instance))

    def forget(self, instance: str) -> None:
        """Probe it no more."""
        self._tasks.pop(instance).cancel()
        del self._trackers[instance]

    def retune(self, settings: Mapping[str, Any]) -> None:
        """Probe by other rules. Switched off, every instance counts as healthy."""
        self._settings = parse(HealthSettings, settings)
        for instance, tracker in self._trackers.items():
            tracker.retune(self._settings)
            if not self._settings.enabled and instance not in self._attempts.healthy:
                self._take(instance, True, "health checks are off")

    def snapshot(self) -> dict[str, Any]:
        """Return the health, as this caller sees it, of each instance that is not simply well.

        Of one that no probe has ever spoken against there is nothing to say, and saying it for all
        would be a third of every frame. A detector that suspects by silence always has its figures.
        """
        now_s, by_count = self._site.clock(), self._settings.detector == "counts"
        return {
            name: tracker.snapshot(now_s)
            for name, tracker in self._trackers.items()
            if not (by_count and tracker.healthy and not tracker.counts.bad)
        }

    def poll(self) -> None:
        """Let silence alone take an instance out."""
        if self._settings.enabled and self._settings.detector != "counts":
            now_s = self._site.clock()
            for instance, tracker in self._trackers.items():
                change = tracker.poll(now_s)
                if change is not None:
                    self._take(instance, change.healthy, change.reason)

    async def _probe(self, instance: str) -> None:
        tracker = self._trackers[instance]
        while True:
            await asyncio.sleep(tracker.next_wait_s(self._chance))
            if self._settings.enabled:
                self._judge(instance, *await self._ask(instance))

    async def _ask(self, instance: str) -> tuple[bool, str]:
        timeout_s = self._settings.timeout_s
        link = f"{self._site.me}→{instance}"
        request = Request("GET", HEALTH_PATH, deadline_s=timeout_s)
        try:
            response = await self._site.transport.send(link, request, timeout_s)
        except LinkError as error:
            return False, str(error)
        return response.status == 200, f"status {response.status}"

    def _judge(self, instance: str, good: bool, answer: str) -> None:
        tracker = self._trackers[instance]
        if self._settings.enabled:  # they may have been switched off while it was asked
            change = tracker.record(good, self._site.clock(), answer)
            if change is not None:
                self._take(instance, tracker.healthy, change.reason)

    def _take(self, instance: str, healthy: bool, reason: str) -> None:
        balance = self._attempts.healthy
        if healthy:
            balance.add(instance)
        else:
            balance.discard(instance)
        self._site.report(
            "health",
            instance,
            f"{'back in' if healthy else 'out of'} the balance of {self._site.me}: {reason}",
            {"dependency": self._attempts.dependency, "healthy": self._attempts.is_in(instance)},
        )
