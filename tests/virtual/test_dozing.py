"""Time stands still in a lab that nobody has watched or asked for a minute."""

import asyncio
from typing import Any

import msgspec

from lab.cluster.virtual.player import DOZE_AFTER_S, Player
from lab.cluster.virtual.player_wire import Ask, Drop, Listen, Load, Paced, Part, Replay
from lessons.shelf import shipped
from tests.virtual.stage import until


class Line:
    """The site's end, which keeps what is said."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    async def room(self) -> None:
        return

    def send(self, message: Any) -> None:
        self.said.append(message)

    @property
    def t(self) -> float:
        """How far the lab has got, as the player said last."""
        return float(next(m for m in reversed(self.said) if isinstance(m, Paced)).ts[0])


class Wall:
    """A clock that goes on a little with each look at it, and leaps when it is told."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        self.s += 0.001
        return self.s


async def test_it_dozes_off_and_wakes_when_somebody_asks_or_listens() -> None:
    wall, line = Wall(), Line()
    player = Player(wall)
    running = asyncio.get_running_loop().create_task(player.run(line))  # type: ignore[arg-type]
    try:
        replay = msgspec.json.encode(Replay(speed=1000.0))
        player.received(Load(1, 0, "pair", shipped()["pair"].text, 3, replay))
        await until(lambda: any(isinstance(m, Part) for m in line.said))
        await until(lambda: line.t > 1.0)
        wall.s += DOZE_AFTER_S
        await until(lambda: player.dozes)
        player.received(Ask(2, 0, b'{"command": "state"}'))
        assert not player.dozes
        asleep_t = line.t
        await until(lambda: line.t > asleep_t + 1.0)
        player.received(Listen(0, on=True))
        wall.s += DOZE_AFTER_S
        assert not player.dozes
    finally:
        player.received(Drop(3, 0))
        running.cancel()
        await asyncio.wait({running})
