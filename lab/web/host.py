"""The lab host: runs the labs of this machine and talks to sites over the Channels layer only.

shared channels ─"offer"──▶ read only while there is room ──▶ keeps a place, answers
own channel ─────"start", "lease", "hello", "command" …─────▶ carries out, answers
group of a lab ◀──state, frames, events── while its lease lasts
"""

import asyncio
import logging
import socket
import uuid
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings

from lab.cluster import CommandError, Replay, ScenarioError
from lab.web.door import FRONT_DOOR, Copying, Door, ForkServer, Making, problem_of
from lab.web.errors import Problem
from lab.web.exchange import ROOMS
from lab.web.hosted import AGAIN_S, HostedLab
from lab.web.places import Places

logger = logging.getLogger(__name__)

SWEEP_S = 1.0
MOST_AT_ONCE = 500
"""Questions under way; further ones are dropped, and the sites find the host silent."""

Message = Mapping[str, Any]


class LabHost:
    """Runs at most ``FAULTLINE_MAX_LABS`` live labs and ``FAULTLINE_MAX_VIRTUAL`` virtual ones.

    Each runs until nobody uses it for ``FAULTLINE_IDLE_S``. The host keeps nothing but its
    clusters, and in the database what was done in virtual ones: when it dies, the sites start its
    labs elsewhere.
    """

    def __init__(self, door: Door = FRONT_DOOR) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("no channel layer: set CHANNEL_LAYERS in lab/settings.py")
        self.channel = f"faultline.host.{socket.gethostname()[:30]}-{uuid.uuid4().hex[:12]}"
        self.labs: dict[str, HostedLab] = {}
        self._layer: BaseChannelLayer = layer
        self._door = door
        self._places = {
            "live": Places(settings.FAULTLINE_MAX_LABS),
            "virtual": Places(settings.FAULTLINE_MAX_VIRTUAL),
        }
        self._under_way = 0

    async def run(self) -> None:
        """Serve until cancelled; then end every lab."""
        self._clock = asyncio.get_running_loop().time
        self._spawner: ForkServer = self._door.spawner()
        await self._spawner.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for body in ROOMS:
                    offer = partial(self._offer, body)
                    tasks.create_task(self._forever(offer), name=f"offers of {body} places")
                tasks.create_task(self._forever(self._listen), name="questions to the host")
                tasks.create_task(self._sweep(), name="sweep of idle labs")
        finally:
            await self._end(list(self.labs.values()))
            await self._spawner.stop()

    async def _forever(self, once: Callable[[], Awaitable[None]]) -> None:
        """Repeat ``once``; the layer's server may go away and come back, the labs live on."""
        while True:
            try:
                await once()
            except Exception:  # the edge of the process: whatever the layer raises
                logger.exception("the channel layer failed; trying again in %g s", AGAIN_S)
                await asyncio.sleep(AGAIN_S)

    async def _offer(self, body: str) -> None:
        await self._places[body].free()
        message = await self._layer.receive(ROOMS[body])
        self._places[body].offer(self._clock())
        self._begin(message)

    async def _listen(self) -> None:
        self._begin(await self._layer.receive(self.channel))

    def _begin(self, message: Message) -> None:
        if self._under_way < MOST_AT_ONCE:
            self._under_way += 1
            self._tasks.create_task(self._answer(message))

    async def _answer(self, message: Message) -> None:
        try:
            ok, body, seq = await self._outcome(message)
            if message["ask"]:
                answer = {
                    "type": "answer",
                    "ask": message["ask"],
                    "verb": message["verb"],
                    "ok": ok,
                    "host": self.channel,
                    "body": body,
                    "seq": seq,
                }
                await self._layer.send(message["reply"], answer)
        except Exception:  # the edge of the process: whatever the layer raises
            logger.exception("an answer was lost; the site will find it late")
        finally:
            self._under_way -= 1

    async def _outcome(self, message: Message) -> tuple[bool, bytes, int]:
        try:
            if message["verb"] == "hello":
                return True, *(await self._found(message).hello())
            result = await self._obey(message)
            body = result if isinstance(result, bytes) else msgspec.json.encode(result)
            return True, body, 0
        except Problem as problem:
            return False, msgspec.json.encode(problem.plain()), 0
        except (CommandError, ScenarioError) as refusal:
            return False, msgspec.json.encode(problem_of(refusal).plain()), 0
        except Exception:  # the edge of the process: one bad command, not all labs
            logger.exception("%s failed for lab %s", message["verb"], message["lab"])
            broken = Problem("broken", "the lab could not do this; its host's log says why")
            return False, msgspec.json.encode(broken.plain()), 0

    async def _obey(self, message: Message) -> object:
        verb, fields = message["verb"], msgspec.json.decode(message["fields"])
        match verb:
            case "offer" | "ping":
                return fields
            case "decline":
                self._places[fields["body"]].declined()
                return {}
            case "start":
                return await self._start(message["lab"], message["incarnation"], fields)
            case "stop":
                return await self._end(self._labs_of(message))
            case _:
                return await self._obey_for(self._found(message), verb, fields)

    async def _obey_for(self, hosted: HostedLab, verb: str, fields: Message) -> object:
        match verb:
            case "has":
                return {}
            case "lease":
                return await self._lease(hosted)
            case "about":
                await hosted.tell_about(dict(fields))
                return {}
            case "command":
                await self._end_if_broken(hosted)
                return await hosted.command(fields)
            case "given":
                replay = hosted.cluster.replay
                return [] if replay is None else replay.commands
            case "run":
                return await hosted.cluster.run(fields["title"])
            case _:
                raise Problem("malformed", f"this host does not know the verb {verb!r}")

    def _labs_of(self, message: Message) -> list[HostedLab]:
        hosted = self.labs.get(message["lab"])
        known = hosted is not None and hosted.incarnation == message["incarnation"]
        return [hosted] if hosted is not None and known else []

    def _found(self, message: Message) -> HostedLab:
        for hosted in self._labs_of(message):
            return hosted
        raise Problem("unknown_lab", "this host does not run the lab")

    async def _start(self, lab: str, incarnation: int, fields: Message) -> object:
        known = self.labs.get(lab)
        if known is not None:
            if known.incarnation >= incarnation:
                return {}
            await self._end([known])
        making = self._making(fields)
        if not self._places[making.body].take(self._clock()):
            raise Problem("no_room", "this host has no room for another lab")
        try:
            cluster = self._door.cluster(making, self._spawner)
        except BaseException:
            self._places[making.body].leave()
            raise
        hosted = HostedLab(lab, incarnation, cluster, self._layer, self._clock)
        hosted.about = fields["about"]
        self.labs[lab] = hosted
        try:
            await cluster.start()
        except BaseException:
            await self._end([hosted])
            raise
        if self.labs.get(lab) is not hosted:
            raise Problem("stopped", "the lab was stopped while it started")
        hosted.begin(self._tasks)
        return {}

    def _making(self, fields: Message) -> Making:
        """What the site wants; the twin with whom it is to have one time may be here."""
        twin = self.labs.get(fields["about"]["twin"] or "")
        return Making(
            fields["scenario_name"],
            fields["scenario_text"],
            fields["seed"],
            fields["body"],
            msgspec.convert(fields["replay"], Replay),
            None if twin is None else twin.cluster,
            msgspec.convert(fields["copying"], Copying | None),
        )

    async def _lease(self, hosted: HostedLab) -> object:
        await self._end_if_broken(hosted)
        hosted.renew()
        return {}

    async def _end_if_broken(self, hosted: HostedLab) -> None:
        if hosted.cluster.status == "broken":
            await self._end([hosted])
            raise Problem("broke_down", "the lab broke down", hint="it starts again when asked")

    async def _sweep(self) -> None:
        """Free places that were offered in vain, stop unwatched streams, end unused labs."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for places in self._places.values():
                places.poll(self._clock())
            for hosted in [*self.labs.values()]:
                hosted.expire()
                await hosted.keep()
            await self._end(
                [
                    hosted
                    for hosted in self.labs.values()
                    if hosted.idle_s() >= settings.FAULTLINE_IDLE_S
                ]
            )

    async def _end(self, ended: list[HostedLab]) -> object:
        async with asyncio.TaskGroup() as tasks:
            for hosted in ended:
                if self.labs.get(hosted.lab) is hosted:
                    del self.labs[hosted.lab]
                    tasks.create_task(self._end_one(hosted))
        return {}

    async def _end_one(self, hosted: HostedLab) -> None:
        try:
            await hosted.end()
        except Exception:  # the edge: one lab that will not end, not the others
            logger.exception("lab %s did not end cleanly", hosted.lab)
        finally:
            self._places[hosted.cluster.body].leave()
