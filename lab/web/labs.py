"""A person's labs: start one, stop one, and the sandbox that one's own machine always has."""

from difflib import get_close_matches

from django.conf import settings
from django.db import IntegrityError

from lab.cluster import Head, Replay
from lab.web.door import Copying
from lab.web.errors import Problem
from lab.web.exchange import Address, HostSilent
from lab.web.models import Lab, Past
from lab.web.pasts import keep
from lab.web.person import LOCAL, Person, Proof
from lab.web.quota import free_slots, has_free_slot, too_many
from lab.web.site import here
from lab.web.waking import about
from lessons.shelf import shipped

LEASE_S = 1.5


async def create(
    person: Person, scenario: str, seed: int | None = None, body: str = Lab.Body.LIVE
) -> Lab:
    """Start a new lab for ``person``; return it running. One that does not start leaves nothing.

    Raise Problem: ``unknown_scenario``, ``too_many_labs`` or ``one_lab_only``, ``no_room``.
    """
    name = _known(scenario)
    text = shipped()[name].text
    lab = Lab(owner=person.owner, scenario_name=name, scenario_text=text, seed=seed, body=body)
    return await begin(lab)


async def play(person: Person, head: Head) -> Lab:
    """Start a virtual lab that plays a run again, and then stands where it ended.

    Raise Problem as ``create`` does.
    """
    lab = Lab(
        owner=person.owner,
        scenario_name=head.scenario_name,
        scenario_text=head.scenario_text,
        seed=head.seed,
        body=Lab.Body.VIRTUAL,
        title=head.title,
    )
    return await begin(lab, Replay(head.commands, head.to_t, paused=True))


async def begin(lab: Lab, replay: Replay | None = None, copying: Copying | None = None) -> Lab:
    """Start a lab that has no row yet; return it running. If it does not start, none is left."""
    lab.incarnation = 1
    await _place(lab)
    try:
        if replay is not None:
            await keep(str(lab.pk), lab.incarnation, replay)
        return await here().waking.start(lab, copying)
    except Problem:
        await Lab.objects.filter(pk=lab.pk, incarnation=lab.incarnation).adelete()
        raise


async def stop(lab: Lab) -> None:
    """End ``lab`` for good; doing so again changes nothing. Its twin goes on without it."""
    await Lab.objects.filter(pk=lab.pk).aupdate(status=Lab.Status.STOPPED)
    await Past.objects.filter(lab=lab).adelete()
    if lab.host:
        await here().exchange.tell(Address.of(lab), "stop")
    await _part(lab)


async def _part(lab: Lab) -> None:
    """Let ``lab`` and its twin be twins no longer."""
    await Lab.objects.filter(pk=lab.pk).aupdate(twin=None)
    async for twin in Lab.objects.filter(twin=lab):
        twin.twin = None
        await twin.asave(update_fields=["twin"])
        if twin.host:
            await here().exchange.tell(Address.of(twin), "about", about(twin))


async def put_to_rest() -> None:
    """Say that no lab runs: when an embedded site starts, the labs of its last run are gone."""
    await Lab.objects.live().aupdate(status=Lab.Status.ASLEEP)


async def open_sandbox() -> Lab:
    """Start this machine's own lab.

    The newest local one comes back under its old address, so that an open page finds it again,
    unless its scenario has changed since.
    """
    name = settings.FAULTLINE_SANDBOX
    rows = Lab.objects.filter(owner=LOCAL, scenario_name=name, scenario_text=shipped()[name].text)
    lab = await rows.exclude(status=Lab.Status.STOPPED).afirst()
    if lab is None:
        return await create(Person(LOCAL, Proof.LOCAL), name)
    return await here().waking.wake(lab)


async def _place(lab: Lab) -> None:
    """Write its row, in a slot that is free."""
    if not await has_free_slot(lab):
        await _forget_lost(lab.owner)
    async for slot in free_slots(lab):
        lab.slot = slot
        try:
            await lab.asave(force_insert=True)
        except IntegrityError:
            continue
        return
    raise await too_many(lab)


async def _forget_lost(owner: str) -> None:
    """Free the slots of labs whose host let them go, or is gone, while nobody looked."""
    async for lab in Lab.objects.filter(owner=owner, status=Lab.Status.RUNNING):
        if not await _is_there(lab):
            rows = Lab.objects.filter(pk=lab.pk, incarnation=lab.incarnation)
            await rows.filter(status=Lab.Status.RUNNING).aupdate(status=Lab.Status.ASLEEP)


async def _is_there(lab: Lab) -> bool:
    try:
        await here().exchange.ask(Address.of(lab), "has", timeout_s=LEASE_S)
    except HostSilent:
        return False
    except Problem as problem:
        return problem.code != "unknown_lab"
    return True


def _known(scenario: str) -> str:
    names = list(shipped())
    if scenario in names:
        return scenario
    near = get_close_matches(scenario, names, n=1)
    raise Problem(
        "unknown_scenario",
        f"there is no scenario named {scenario!r}",
        field="scenario",
        hint=f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}",
    )
