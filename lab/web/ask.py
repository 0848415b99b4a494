"""One question to a lab, from the API or a websocket."""

from collections.abc import Mapping

from lab.web.errors import Problem
from lab.web.exchange import Address, Answer, HostSilent
from lab.web.models import Lab
from lab.web.site import here

COMMAND_S = 10.0
GONE = ("unknown_lab", "broke_down")
"""The host has no such lab, or had: whoever asks has it started again."""


async def ask(lab: Lab, command: Mapping[str, object]) -> Answer:
    """Have the lab's cluster carry out ``command``; start the lab again first if it has none.

    A host that is gone took with it whatever the command did, so asking the new cluster is safe.
    Raise Problem: the cluster's own refusal, or ``too_slow``, ``no_room``, ``stopped`` ….
    """
    site = here()
    if lab.status != Lab.Status.RUNNING:
        lab = await site.waking.wake(lab)
    try:
        return await site.exchange.order(Address.of(lab), "command", command, timeout_s=COMMAND_S)
    except HostSilent:
        pass
    except Problem as problem:
        if problem.code not in GONE:
            raise
    lab = await site.waking.wake(lab)
    try:
        return await site.exchange.order(Address.of(lab), "command", command, timeout_s=COMMAND_S)
    except HostSilent:
        raise Problem("host_lost", "the lab's host went away again", hint="try again") from None
