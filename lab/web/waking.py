"""Gives a lab a cluster: the first time, after a rest, and after its host has died.

Several site processes may find at once that a lab has no cluster. The row's ``incarnation``
decides: whoever raises it starts the lab, the others wait for the outcome.
"""

import asyncio
from datetime import timedelta

from django.db import IntegrityError
from django.db.models import F, Q
from django.utils import timezone

from lab.web.door import Copying
from lab.web.errors import Problem
from lab.web.exchange import ROOMS, Address, Exchange, Fields, HostSilent
from lab.web.models import Lab, LabQuerySet
from lab.web.nursery import Nursery
from lab.web.pasts import past_of
from lab.web.quota import free_slots, too_many

OFFER_S = 5.0
"""A lab that has just been stopped takes a moment to make room."""
START_S = 20.0
CLAIM_S = 30.0
"""After this long another process may undertake what a first one did not finish."""
POLL_S = 0.1
RETRY_AFTER_S = 30


class Waking:
    """Starts labs on hosts, for one site process.

    A caller that is cancelled meanwhile does not leave a lab half started. What may go wrong is
    a Problem: ``no_room``, ``host_lost``, ``start_failed``, ``too_many_labs`` or ``stopped``.

    A virtual lab goes to where its twin is, so that their time is one, and elsewhere only if that
    cannot be.
    """

    def __init__(self, exchange: Exchange, nursery: Nursery) -> None:
        self._exchange = exchange
        self._nursery = nursery

    async def start(self, lab: Lab, copying: Copying | None = None) -> Lab:
        """Start a lab whose row this process has just written; ``copying``: from its twin."""
        return await self._nursery.shelter(self._start(lab, copying), f"start lab {lab.pk}")

    async def wake(self, lab: Lab) -> Lab:
        """Return ``lab`` with a cluster newer than the one in its row, taken to be gone."""
        return await self._nursery.shelter(self._wake(lab), f"wake lab {lab.pk}")

    async def look(self, lab: Lab) -> Lab:
        """Return ``lab`` as its row is now."""
        return await self._nursery.shelter(Lab.objects.aget(pk=lab.pk), f"look at lab {lab.pk}")

    async def _wake(self, lab: Lab) -> Lab:
        if not await _claim(lab):
            return await _outcome_elsewhere(lab)
        if lab.host:
            await self._exchange.tell(Address.of(lab), "stop")
        return await self._start(await Lab.objects.aget(pk=lab.pk))

    async def _start(self, lab: Lab, copying: Copying | None = None) -> Lab:
        fields: Fields = {
            "scenario_name": lab.scenario_name,
            "scenario_text": lab.scenario_text,
            "seed": lab.seed,
            "body": lab.body,
            "replay": await past_of(lab),
            "about": about(lab),
            "copying": copying,
        }
        try:
            lab.host = await self._beside_twin(lab, fields) or await self._on_some_host(lab, fields)
        except Problem:
            await _claimed(lab).aupdate(status=Lab.Status.ASLEEP)
            raise
        if not await _claimed(lab).aupdate(status=Lab.Status.RUNNING, host=lab.host):
            await self._exchange.tell(Address.of(lab), "stop")
            raise Problem("stopped", "the lab was stopped while it started")
        lab.status = Lab.Status.RUNNING
        return lab

    async def _beside_twin(self, lab: Lab, fields: Fields) -> str:
        """Have the host of its twin start the lab; return its channel, empty if there is none."""
        if lab.twin_id is None or lab.body != Lab.Body.VIRTUAL:
            return ""
        twin = await Lab.objects.live().filter(pk=lab.twin_id).afirst()
        if twin is None:
            return ""
        if twin.status == Lab.Status.STARTING:
            if str(lab.pk) < str(twin.pk):  # of two that start at once, one waits for the other
                return ""
            try:
                twin = await _outcome_elsewhere(twin)
            except Problem:
                return ""
        try:
            return await self._order(twin.host, lab, fields)
        except Problem as problem:
            if fields["copying"] is None and problem.code in ("no_room", "host_lost", "has_twin"):
                return ""
            raise

    async def _on_some_host(self, lab: Lab, fields: Fields) -> str:
        """Find a host with room and have it start the lab; return the host's channel."""
        room, wanted = Address(ROOMS[lab.body]), {"body": lab.body}
        try:
            offer = await self._exchange.ask(room, "offer", wanted, timeout_s=OFFER_S)
        except HostSilent:
            raise _no_room() from None
        return await self._order(offer.host, lab, fields)

    async def _order(self, host: str, lab: Lab, fields: Fields) -> str:
        address = Address(host, str(lab.pk), lab.incarnation)
        try:
            return (await self._exchange.order(address, "start", fields, timeout_s=START_S)).host
        except HostSilent:
            raise _lost() from None


def about(lab: Lab) -> dict[str, object]:
    """What a lab's state says of its row."""
    branch_of = {"lab": str(lab.branch_of_id), "t": lab.branch_t}
    return {
        "branch_of": branch_of if lab.branch_of_id is not None else None,
        "twin": str(lab.twin_id) if lab.twin_id is not None else None,
    }


async def _claim(lab: Lab) -> bool:
    abandoned = Q(claimed__lt=timezone.now() - timedelta(seconds=CLAIM_S))
    rows = (
        Lab.objects.filter(pk=lab.pk, incarnation=lab.incarnation)
        .exclude(status=Lab.Status.STOPPED)
        .exclude(~abandoned, status=Lab.Status.STARTING)
    )
    async for slot in free_slots(lab):
        try:
            claimed = await rows.aupdate(
                slot=slot,
                incarnation=F("incarnation") + 1,
                status=Lab.Status.STARTING,
                claimed=timezone.now(),
                host="",
            )
        except IntegrityError:
            continue
        return claimed == 1
    raise await too_many(lab)


def _claimed(lab: Lab) -> LabQuerySet:
    """The lab's row, as long as nobody stopped it or claimed it anew."""
    return Lab.objects.filter(pk=lab.pk, incarnation=lab.incarnation, status=Lab.Status.STARTING)


async def _outcome_elsewhere(lab: Lab) -> Lab:
    """Wait until the process that starts the lab is done."""
    try:
        async with asyncio.timeout(CLAIM_S):
            while True:
                row = await Lab.objects.filter(pk=lab.pk).afirst()
                if row is None or row.status == Lab.Status.STOPPED:
                    raise Problem("stopped", "this lab was stopped", hint="start a new one")
                if row.status == Lab.Status.RUNNING:
                    return row
                if row.status == Lab.Status.ASLEEP:
                    raise _lost()
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise _lost() from None


def _no_room() -> Problem:
    return Problem(
        "no_room",
        "no host has room for another lab",
        hint="stop a lab that you no longer need, or try again later",
        retry_after_s=RETRY_AFTER_S,
    )


def _lost() -> Problem:
    return Problem(
        "host_lost",
        "the lab's host went away while the lab started",
        hint="try again",
        retry_after_s=1,
    )
