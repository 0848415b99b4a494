"""The websocket of a lab: what happens in it out, commands in.

    browser ──{"id", "command", …}──▶ LabSocket ──▶ ask ──▶ lab host
    browser ◀── hello, state, frames, events, replies ── LabSocket ◀── Feed

It is a plain ASGI application and not one of Channels' consumer classes: those add a channel, a
task and a database check to every viewer and message, and a feed needs none of them.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from channels.db import aclose_old_connections

from lab.web.ask import ask
from lab.web.caller import Caller, of_scope
from lab.web.errors import Problem
from lab.web.feed import CLOSED_STOPPED
from lab.web.identity import identify
from lab.web.models import Lab
from lab.web.parsing import parse_object
from lab.web.site import here
from lab.web.token_bucket import TokenBucket
from lab.web.viewer import FRAMES_PER_S, Viewer

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Number = int | str | None
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

CLOSED_STRANGER = 4401
CLOSED_NO_SUCH_LAB = 4404
CLOSED_TOO_FAST = 4429

MOST_BYTES = 16_384
COMMANDS_PER_S = 40.0
COMMANDS_BURST = 80.0
MOST_AT_ONCE = 16
"""Commands of one socket that are under way; further ones are refused."""
VIOLATIONS_PER_S = 1.0
VIOLATIONS_BURST = 100.0


async def lab_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one websocket from its handshake to its end. For those who may use the lab.

    A page of another site is refused at the handshake; everybody else is accepted first, since a
    browser learns the code of a close only then.
    """
    await receive()
    caller = of_scope(scope)
    if not caller.is_same_origin:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    found = await _find(caller, scope["url_route"]["kwargs"]["lab_id"])
    if isinstance(found, int):
        await send({"type": "websocket.close", "code": found})
        return
    await LabSocket(found, receive, send).run()


async def _find(caller: Caller, lab_id: uuid.UUID) -> Lab | int:
    """Return the lab, or the code that says why the caller does not get it."""
    try:
        person = await identify(caller)
        if person is None:
            return CLOSED_STRANGER
        lab = await Lab.objects.usable_by(person).filter(pk=lab_id).afirst()
    finally:
        await aclose_old_connections()
    if lab is None:
        return CLOSED_NO_SUCH_LAB
    return CLOSED_STOPPED if lab.status == Lab.Status.STOPPED else lab


class LabSocket:
    """One accepted websocket and its viewer.

    Bad messages are answered, up to a point; past it the socket is closed, since a program that
    went wild will not read answers either.
    """

    def __init__(self, lab: Lab, receive: Receive, send: Send) -> None:
        self._lab = lab
        self._receive = receive
        self._send = send
        self._clock = asyncio.get_running_loop().time
        self._allowed = TokenBucket(COMMANDS_PER_S, COMMANDS_BURST, self._clock())
        self._forgiven = TokenBucket(VIOLATIONS_PER_S, VIOLATIONS_BURST, self._clock())
        self._viewer = Viewer(self._text, self._close)
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until either side closes; commands under way are then forgotten."""
        feeds = here().feeds
        self._feed = feeds.join(self._lab, self._viewer)
        try:
            async with asyncio.TaskGroup() as tasks:
                while (message := await self._receive())["type"] == "websocket.receive":
                    await self._read(message, tasks)
                for task in self._under_way:
                    task.cancel()
        finally:
            feeds.leave(self._feed, self._viewer)

    async def _read(self, message: Mapping[str, Any], tasks: asyncio.TaskGroup) -> None:
        number: Number = None
        try:
            text = self._checked(message)
            command = parse_object(text)
            number = _number(command)
            await self._begin(number, command, tasks)
        except Problem as problem:
            await self._refuse(number, problem)

    def _checked(self, message: Mapping[str, Any]) -> str:
        """The message's text, if it is neither too large nor too fast."""
        if not self._allowed.take(self._clock()):
            raise Problem(
                "too_fast",
                f"more than {COMMANDS_PER_S:g} messages a second",
                hint=f"wait {self._allowed.wait_s(self._clock()):.2f} s",
            )
        text = message.get("text")
        if text is None:
            raise Problem("malformed", "a text message was expected, not a binary one")
        if len(text) > MOST_BYTES or len(text.encode()) > MOST_BYTES:
            raise Problem("too_large", f"a message may have {MOST_BYTES} bytes at most")
        return str(text)

    async def _begin(
        self, number: Number, command: dict[str, Any], tasks: asyncio.TaskGroup
    ) -> None:
        match command.get("command"):
            case "seen":
                self._viewer.seen(_integer(command, "n"))
            case "watch":
                await self._watch(number, command)
            case str():
                if len(self._under_way) >= MOST_AT_ONCE:
                    raise Problem("too_fast", f"{MOST_AT_ONCE} commands are under way already")
                task = tasks.create_task(self._carry_out(number, command))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            case _:
                raise Problem("malformed", "'command' must be a string", field="command")

    async def _watch(self, number: Number, command: dict[str, Any]) -> None:
        frames_per_s = _integer(command, "frames_per_s")
        if frames_per_s not in FRAMES_PER_S:
            allowed = ", ".join(map(str, FRAMES_PER_S))
            raise Problem(
                "out_of_range",
                f"{frames_per_s} frames a second cannot be had",
                field="frames_per_s",
                hint=f"one of {allowed}",
            )
        self._viewer.watch(frames_per_s)
        await self._reply(number, msgspec.json.encode({"frames_per_s": frames_per_s}))

    async def _carry_out(self, number: Number, command: dict[str, Any]) -> None:
        try:
            answer = await ask(self._feed.lab, without_number(command))
        except Problem as problem:
            await self._refuse(number, problem)
        else:
            await self._reply(number, answer.body)

    async def _reply(self, number: Number, result: bytes) -> None:
        head = msgspec.json.encode(number).decode()
        await self._text(f'{{"type":"reply","id":{head},"ok":true,"result":{result.decode()}}}')

    async def _refuse(self, number: Number, problem: Problem) -> None:
        if not self._forgiven.take(self._clock()):
            await self._close(CLOSED_TOO_FAST)
            return
        reply = {"type": "reply", "id": number, "ok": False, "error": problem.plain()}
        await self._text(msgspec.json.encode(reply).decode())

    async def _text(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    async def _close(self, code: int) -> None:
        await self._send({"type": "websocket.close", "code": code})


def without_number(command: Mapping[str, Any]) -> dict[str, Any]:
    """The command as the cluster takes it: the number is between browser and site."""
    return {field: value for field, value in command.items() if field != "id"}


def _number(command: Mapping[str, Any]) -> Number:
    number = command.get("id")
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        raise Problem("malformed", "'id' must be a number or a string", field="id")
    return number


def _integer(command: Mapping[str, Any], field: str) -> int:
    value = command.get(field)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Problem("malformed", f"{field!r} must be a whole number", field=field)
    return value
