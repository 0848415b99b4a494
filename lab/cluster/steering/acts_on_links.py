"""What the lab does to begin and to end each kind of fault of links."""

import asyncio
from dataclasses import dataclass
from typing import Any

from lab.cluster.processes.supervisor import NotObeyed
from lab.cluster.steering.act import Act, Stage
from lab.cluster.steering.aim import Aim

TOXICS = {
    "toxic_latency": ("latency", {"latency": "latency_ms", "jitter": "jitter_ms"}),
    "slow_zone": ("latency", {"latency": "latency_ms", "jitter": "jitter_ms"}),
    "bandwidth": ("bandwidth", {"rate": "rate_kb_per_s"}),
    "black_hole": ("timeout", {"timeout": "timeout_ms"}),
    "reset_peer": ("reset_peer", {"timeout": "timeout_ms"}),
    "slow_close": ("slow_close", {"delay": "delay_ms"}),
    "slicer": (
        "slicer",
        {
            "average_size": "average_bytes",
            "size_variation": "variation_bytes",
            "delay": "delay_us",
        },
    ),
    "limit_data": ("limit_data", {"bytes": "bytes"}),
}
"""Our fault → Toxiproxy's toxic, and its attributes → our parameters."""


@dataclass(slots=True)
class Poison:
    """Put a toxic on streams of links."""

    stage: Stage
    fault: str
    toxic: str
    streams: list[tuple[str, str]]
    toxicity: float
    attributes: dict[str, Any]

    async def begin(self) -> list[str]:
        try:
            for link, stream in self.streams:
                toxic = {
                    "name": f"{self.fault}_{stream}",
                    "type": self.toxic,
                    "stream": stream,
                    "toxicity": self.toxicity,
                    "attributes": self.attributes,
                }
                await self.stage.links.poison(link, toxic)
        except NotObeyed:
            await self.end()
            raise
        return [self.stage.network.name]

    async def end(self) -> None:
        async with asyncio.TaskGroup() as group:
            for link, stream in self.streams:
                group.create_task(self.stage.links.cure(link, f"{self.fault}_{stream}"))


@dataclass(slots=True)
class Cut:
    """Take links down."""

    stage: Stage
    fault: str
    links: list[str]

    async def begin(self) -> list[str]:
        try:
            for link in self.links:
                await self.stage.links.cut(link, self.fault)
        except NotObeyed:
            await self.end()
            raise
        return [self.stage.network.name]

    async def end(self) -> None:
        async with asyncio.TaskGroup() as group:
            for link in self.links:
                group.create_task(self.stage.links.join(link, self.fault))


def link_act(stage: Stage, fault: str, kind: str, aim: Aim, settings: Any) -> Act:
    """Return the act of a fault that aims at links."""
    if kind == "partition":
        return Poison(stage, fault, "timeout", aim.walls, 1.0, {"timeout": 0})
    if kind == "down":
        return Cut(stage, fault, aim.links)
    toxic, names = TOXICS[kind]
    attributes = {theirs: getattr(settings, ours) for theirs, ours in names.items()}
    streams = [(link, settings.stream) for link in aim.links]
    return Poison(stage, fault, toxic, streams, settings.toxicity_ratio, attributes)
