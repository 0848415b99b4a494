"""A lab's messages on their way from the layer to the viewers of this process.

    lab host ──group──▶ Feed (one subscription per process and lab) ──▶ Viewer, Viewer, …

The feed renews the lab's lease, since a host publishes only while somebody watches. When the host
no longer answers, the feed has the lab started again and tells its viewers so.
"""

import asyncio
import logging
import uuid
from typing import Any

import msgspec
from channels.layers import BaseChannelLayer

from lab.web.errors import Problem
from lab.web.exchange import Address, Exchange, HostSilent, group_of
from lab.web.models import Lab
from lab.web.nursery import Nursery
from lab.web.viewer import Message, Viewer
from lab.web.waking import Waking

logger = logging.getLogger(__name__)

RENEW_S = 2.0
ANSWER_S = 1.5
MOST_SILENCES = 2
"""A host is taken to be gone after so many renewals in a row without an answer."""
HELLO_S = 10.0
RETRY_S = 5.0

CLOSED_STOPPED = 4410
CLOSED_COME_AGAIN = 4012
"""The site goes down and comes back: try again soon."""

AGAIN = {
    "elsewhere": "The host that ran this lab has gone.",
    "after_rest": "Nobody used this lab for a while, so it was put to rest.",
    "broken": "This lab broke down.",
}
HOW = {
    "live": "It is starting again, as its scenario describes it.",
    "virtual": "It is being played again, up to where it was.",
}


class Feed:
    """One lab's viewers in this process. ``lab`` is its row as last known."""

    def __init__(
        self, lab: Lab, layer: BaseChannelLayer, exchange: Exchange, waking: Waking
    ) -> None:
        self.lab = lab
        self.viewers: set[Viewer] = set()
        self._layer = layer
        self._exchange = exchange
        self._waking = waking
        self._joined = asyncio.Event()

    def join(self, viewer: Viewer) -> None:
        """Greet ``viewer`` as soon as the lab answers, then send it what comes."""
        self.viewers.add(viewer)
        self._joined.set()

    async def run(self) -> None:
        """Serve the viewers until the lab is stopped for good, or this is cancelled."""
        channel = await self._layer.new_channel()
        code = CLOSED_COME_AGAIN
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pass_on(channel))
                tasks.create_task(self._keep(channel))
        except* Problem as group:
            logger.info("the feed of lab %s ends: %s", self.lab.pk, group.exceptions[0])
            code = _code_of(group)
        finally:
            for viewer in tuple(self.viewers):  # first, since the layer may be what failed
                await viewer.close(code)
            await self._layer.group_discard(group_of(str(self.lab.pk)), channel)

    async def _pass_on(self, channel: str) -> None:
        while True:
            packet = await self._layer.receive(channel)
            if packet["incarnation"] != self.lab.incarnation:
                continue
            message = _message(packet)
            for viewer in tuple(self.viewers):
                await viewer.deliver(message)

    async def _keep(self, channel: str) -> None:
        """Renew the lease and greet those who have joined, at once and then every 2 s."""
        while True:
            self._joined.clear()
            await self._layer.group_add(group_of(str(self.lab.pk)), channel)
            if await self._renew():
                await self._greet()
            await self._next_renewal()

    async def _next_renewal(self) -> None:
        try:
            async with asyncio.timeout(RENEW_S):
                await self._joined.wait()
        except TimeoutError:
            return

    async def _renew(self) -> bool:
        """Return whether the lab runs and publishes; start it again if it does not."""
        if self.lab.status != Lab.Status.RUNNING:
            return await self._again("after_rest")
        for _ in range(MOST_SILENCES):
            try:
                await self._exchange.ask(Address.of(self.lab), "lease", timeout_s=ANSWER_S)
            except HostSilent:
                continue
            except Problem as problem:
                match problem.code:
                    case "unknown_lab":
                        return await self._again("after_rest")
                    case "broke_down":
                        return await self._again("broken")
                    case _:
                        raise
            return True
        return await self._again("elsewhere")

    async def _again(self, why: str) -> bool:
        for viewer in self.viewers:
            viewer.pause()
        if self.lab.status != Lab.Status.STARTING:
            await self._notify(f"{AGAIN[why]} {HOW[self.lab.body]}")
        try:
            self.lab = await self._waking.wake(self.lab)
        except Problem as problem:
            if problem.code == "stopped":
                raise
            await self._notify(f"This lab cannot start yet: {problem.message}.")
            await asyncio.sleep(RETRY_S)
            self.lab = await self._waking.look(self.lab)
            return False
        return await self._renew()

    async def _greet(self) -> None:
        joining = [viewer for viewer in self.viewers if viewer.is_joining]
        if not joining:
            return
        try:
            hello = await self._exchange.ask(Address.of(self.lab), "hello", timeout_s=HELLO_S)
        except HostSilent:
            return
        text = hello.body.decode()
        for viewer in joining:
            await viewer.greet(text, hello.seq)

    async def _notify(self, text: str) -> None:
        notice = msgspec.json.encode({"type": "notice", "text": text}).decode()
        for viewer in tuple(self.viewers):
            await viewer.tell(notice)


class Feeds:
    """The feeds of one site process: opened by a lab's first viewer, closed by its last."""

    def __init__(
        self, layer: BaseChannelLayer, exchange: Exchange, waking: Waking, nursery: Nursery
    ) -> None:
        self._layer = layer
        self._exchange = exchange
        self._waking = waking
        self._nursery = nursery
        self._open: dict[uuid.UUID, tuple[Feed, asyncio.Task[None]]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def join(self, lab: Lab, viewer: Viewer) -> Feed:
        """Have ``viewer`` sent what happens in ``lab``."""
        if lab.pk not in self._open:
            feed = Feed(lab, self._layer, self._exchange, self._waking)
            task = self._nursery.start(self._run(feed), f"feed of lab {lab.pk}")
            self._open[lab.pk] = (feed, task)
        feed, _ = self._open[lab.pk]
        feed.join(viewer)
        return feed

    def leave(self, feed: Feed, viewer: Viewer) -> None:
        """Send ``viewer`` nothing more."""
        feed.viewers.discard(viewer)
        opened, task = self._open.get(feed.lab.pk, (None, None))
        if opened is feed and task is not None and not feed.viewers:
            del self._open[feed.lab.pk]
            task.cancel()

    async def _run(self, feed: Feed) -> None:
        try:
            await feed.run()
        finally:
            if self._open.get(feed.lab.pk, (None,))[0] is feed:
                del self._open[feed.lab.pk]


def _code_of(group: ExceptionGroup[Problem]) -> int:
    stopped = group.subgroup(lambda problem: getattr(problem, "code", "") == "stopped")
    return CLOSED_COME_AGAIN if stopped is None else CLOSED_STOPPED


def _message(packet: dict[str, Any]) -> Message:
    return Message(
        seq=packet["seq"],
        text=packet["body"].decode(),
        frame=packet["frame"],
        has_row=packet["has_row"],
    )
