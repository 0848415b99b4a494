"""What every act of a fault is, and what it acts on."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit
from lab.cluster.steering.linkboard import LinkBoard


class Act(Protocol):
    """A fault as something to do. ``begin`` returns who obeyed, and raises NotObeyed."""

    async def begin(self) -> list[str]: ...
    async def end(self) -> None: ...


@dataclass(slots=True)
class Stage:
    """What the acts act on."""

    supervisor: Supervisor
    links: LinkBoard
    network: Unit
    group: asyncio.TaskGroup
