"""A person's labs: start one, stop one, and the sandbox that one's own machine always has."""

from difflib import get_close_matches

from django.conf import settings
from django.db import IntegrityError

from lab.web.errors import Problem
from lab.web.exchange import Address, HostSilent
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from lab.web.quota import free_slots, too_many
from lab.web.site import here
from lessons.shelf import shipped

LEASE_S = 1.5


async def create(person: Person, scenario: str, seed: int | None = None) -> Lab:
    """Start a new lab for ``person``; return it running. One that does not start leaves nothing.

    Raise Problem: ``unknown_scenario``, ``too_many_labs`` or ``one_lab_only``, ``no_room``.
    """
    name = _known(scenario)
    await _forget_lost(person.owner)
    lab = await _place(
        Lab(
            owner=person.owner,
            scenario_name=name,
            scenario_text=shipped()[name].text,
            seed=seed,
            incarnation=1,
        )
    )
    try:
        return await here().waking.start(lab)
    except Problem:
        await Lab.objects.filter(pk=lab.pk, incarnation=lab.incarnation).adelete()
        raise


async def stop(lab: Lab) -> None:
    """End ``lab`` for good; doing so again changes nothing."""
    await Lab.objects.filter(pk=lab.pk).aupdate(status=Lab.Status.STOPPED)
    if lab.host:
        await here().exchange.tell(Address.of(lab), "stop")


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


async def _place(lab: Lab) -> Lab:
    async for slot in free_slots(lab):
        lab.slot = slot
        try:
            await lab.asave(force_insert=True)
        except IntegrityError:
            continue
        return lab
    raise await too_many(lab.owner)


async def _forget_lost(owner: str) -> None:
    """Free the slots of labs whose host let them go, or is gone, while nobody looked."""
    live = [lab async for lab in Lab.objects.live().filter(owner=owner)]
    if len(live) < settings.FAULTLINE_LABS_PER_OWNER:
        return
    for lab in live:
        if lab.status == Lab.Status.RUNNING and not await _is_there(lab):
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
