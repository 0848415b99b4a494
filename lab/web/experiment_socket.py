"""The websocket of an experiment: how far it is, whenever that has changed, until it has ended.

    browser ◀── {"type": "experiment", "id", "done", "of", "progress_ratio", "state"} ── row

It reads the experiment's row, since that is what the process that runs it writes, wherever it is:
no message can be lost on the way, and who joins late misses nothing. Nothing is read from the
browser. After the last state it closes with 1000.
"""

import asyncio
import uuid

import msgspec
from channels.db import aclose_old_connections

from lab.web import experiments
from lab.web.caller import Caller, of_scope
from lab.web.consumers import CLOSED_NO_SUCH_LAB, CLOSED_STRANGER, Receive, Scope, Send
from lab.web.identity import identify
from lab.web.kept_experiment import KeptExperiment
from lab.web.person import Person

LOOK_EVERY_S = 0.5
CLOSED_ENDED = 1000

CLOSED_NO_SUCH_EXPERIMENT = CLOSED_NO_SUCH_LAB


async def experiment_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one websocket from its handshake to its end. For the experiment's owner."""
    await receive()
    caller = of_scope(scope)
    if not caller.is_same_origin:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(_tell(caller, scope["url_route"]["kwargs"]["key"], send))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        telling.cancel()


async def _tell(caller: Caller, key: uuid.UUID, send: Send) -> None:
    try:
        person = await identify(caller)
    finally:
        await aclose_old_connections()
    if person is None:
        await send({"type": "websocket.close", "code": CLOSED_STRANGER})
        return
    said = b""
    while (row := await _look(person, key)) is not None:
        message = msgspec.json.encode(
            {
                "type": "experiment",
                "id": str(row.pk),
                "done": row.done,
                "of": row.of,
                "progress_ratio": row.progress_ratio,
                "state": row.state,
            }
        )
        if message != said:
            said = message
            await send({"type": "websocket.send", "text": message.decode()})
        if row.state != KeptExperiment.State.RUNNING:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    code = CLOSED_NO_SUCH_EXPERIMENT if row is None else CLOSED_ENDED
    await send({"type": "websocket.close", "code": code})


async def _look(person: Person, key: uuid.UUID) -> KeptExperiment | None:
    try:
        await experiments.find_lost()
        rows = KeptExperiment.objects.usable_by(person).defer("result", "asked")
        return await rows.filter(pk=key).afirst()
    finally:
        await aclose_old_connections()
