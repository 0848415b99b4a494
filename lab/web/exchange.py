"""Questions to lab hosts and their answers, over the Channels layer.

    site process                      layer                         lab host
    ask ──▶ {"ask", "reply", "verb", …} ──▶ a host's own channel ──▶ does it
                                      or the shared one, which a host reads while it has room
    ask ◀── {"ask", "ok", "body"} ◀── this process's reply channel ◀──

The verb is for the host (start, lease, …); what a person may say is all inside ``command``.
Fields and answers are JSON inside the layer's messages: what a person may write is more than
MessagePack carries (integers of any size), and an answer is encoded once and passed on as it is.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec
from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

from lab.web.errors import Problem
from lab.web.models import Lab
from lab.web.nursery import Nursery

ROOMS = {"live": "faultline.room", "virtual": "faultline.room.virtual"}
"""The shared channels: whoever has room for another lab of that body answers."""

RETRY_AFTER_S = 2
PATIENCE_S = 2.0
"""A host that has not answered for this long is asked whether it is still there …"""
PING_S = 1.5
"""… and has this long to say so."""


def group_of(lab: str) -> str:
    """The group to which a lab's messages are published."""
    return f"faultline.lab.{lab}"


class HostSilent(Exception):
    """No answer within the time given; what was asked may have been done."""


@dataclass(frozen=True, slots=True)
class Address:
    """Whom a question is for: a channel, and there a lab in its ``incarnation``, if any."""

    channel: str
    lab: str = ""
    incarnation: int = 0

    @classmethod
    def of(cls, lab: Lab) -> "Address":
        """Where the lab's cluster is, according to its row."""
        return cls(lab.host, str(lab.pk), lab.incarnation)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said. ``seq`` is the number of the lab's newest message when it was made."""

    host: str
    body: bytes
    seq: int

    def plain(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


Waiting = asyncio.Future[Mapping[str, Any]]
Fields = Mapping[str, object]
NO_FIELDS: Fields = MappingProxyType({})


class Exchange:
    """Asks hosts on behalf of one site process; one reply channel serves every question."""

    def __init__(self, layer: BaseChannelLayer, nursery: Nursery) -> None:
        self._layer = layer
        self._nursery = nursery
        self._reply_channel = ""
        self._open: dict[str, Waiting] = {}

    async def ask(
        self, address: Address, verb: str, fields: Fields = NO_FIELDS, *, timeout_s: float
    ) -> Answer:
        """Return the answer; raise Problem if it is a refusal, HostSilent after ``timeout_s``."""
        async with self._question() as (number, waiting):
            try:
                async with asyncio.timeout(timeout_s):
                    await self._send(address, verb, fields, number)
                    return _read(await waiting)
            except TimeoutError:
                raise HostSilent(address.channel) from None

    async def order(
        self, address: Address, verb: str, fields: Fields = NO_FIELDS, *, timeout_s: float
    ) -> Answer:
        """Ask for what may take long.

        A slow command is a Problem, a host that is gone is HostSilent.
        """
        async with self._question() as (number, waiting):
            await self._send(address, verb, fields, number)
            await asyncio.wait({waiting}, timeout=PATIENCE_S)
            if not waiting.done():
                await self.ask(Address(address.channel), "ping", timeout_s=PING_S)
                await asyncio.wait({waiting}, timeout=timeout_s - PATIENCE_S)
            if not waiting.done():
                raise _too_slow(timeout_s)
            return _read(waiting.result())

    async def tell(self, address: Address, verb: str, fields: Fields = NO_FIELDS) -> None:
        """Ask for something whose answer nobody waits for; it is lost if the host is gone."""
        try:
            await self._send(address, verb, fields, "")
        except HostSilent:
            return

    async def _send(self, address: Address, verb: str, fields: Fields, number: str) -> None:
        message = {
            "type": "ask",
            "ask": number,
            "reply": await self._replies() if number else "",
            "lab": address.lab,
            "incarnation": address.incarnation,
            "verb": verb,
            "fields": msgspec.json.encode(dict(fields)),
        }
        try:
            await self._layer.send(address.channel, message)
        except ChannelFull:
            raise HostSilent(address.channel) from None
        except ConnectionError:
            raise Problem(
                "layer_lost",
                "the site cannot reach its lab hosts at the moment",
                hint="try again soon",
                retry_after_s=RETRY_AFTER_S,
            ) from None

    @asynccontextmanager
    async def _question(self) -> AsyncIterator[tuple[str, Waiting]]:
        number = uuid.uuid4().hex
        self._open[number] = asyncio.get_running_loop().create_future()
        try:
            yield number, self._open[number]
        finally:
            del self._open[number]

    async def _replies(self) -> str:
        if not self._reply_channel:
            self._reply_channel = channel = await self._layer.new_channel()
            self._nursery.start(self._receive(channel), "answers of hosts")
        return self._reply_channel

    async def _receive(self, channel: str) -> None:
        try:
            while True:
                message = await self._layer.receive(channel)
                waiting = self._open.get(message["ask"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
                elif message["verb"] == "offer":
                    offer = msgspec.json.decode(message["body"])
                    await self.tell(Address(message["host"]), "decline", offer)
        finally:
            self._reply_channel = ""


def _too_slow(timeout_s: float) -> Problem:
    return Problem(
        "too_slow",
        f"the lab did not answer within {timeout_s:g} s; the command may still be carried out",
        hint="look at the lab's state before you repeat it",
    )


def _read(message: Mapping[str, Any]) -> Answer:
    if message["ok"]:
        return Answer(message["host"], message["body"], message["seq"])
    problem = msgspec.json.decode(message["body"])
    raise Problem(problem["code"], problem["message"], field=problem["field"], hint=problem["hint"])
