"""The pasts of virtual labs: kept by the host that plays them, read when they wake.

What a learner did is kept within seconds, so that not even a host that is killed loses it.
"""

import logging

import msgspec

from lab.cluster import Given, Replay
from lab.web.models import Lab, Past

logger = logging.getLogger(__name__)


async def keep(lab_id: str, incarnation: int, replay: Replay) -> None:
    """Remember what it takes to have a lab again; not if it was stopped, or started elsewhere."""
    rows = Lab.objects.filter(pk=lab_id, incarnation=incarnation)
    if not await rows.exclude(status=Lab.Status.STOPPED).aexists():
        return
    await Past.objects.aupdate_or_create(
        lab_id=lab_id,
        defaults={
            "commands": msgspec.json.encode(replay.commands).decode(),
            "t": replay.to_t,
            "speed": replay.speed,
            "paused": replay.paused,
        },
    )


async def past_of(lab: Lab) -> Replay:
    """Return what is to be played again of a virtual lab: nothing, if it is new."""
    past = await Past.objects.filter(lab=lab).afirst()
    if past is None:
        return Replay()
    try:
        commands = msgspec.json.decode(past.commands, type=list[Given])
    except msgspec.MsgspecError:
        logger.exception("the past of lab %s cannot be read; it begins anew", lab.pk)
        return Replay()
    return Replay(commands, past.t, past.speed, past.paused)
