"""Twins and branches: a second lab beside a first one, to change and to compare.

Of virtual labs both are played by one process and have one time; of live ones the second is a
cluster of its own, which is given at once, in their order, the commands that the first was given.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import IntegrityError

from lab.cluster import CommandError, Given, parse_command
from lab.web import labs
from lab.web.ask import ask
from lab.web.door import Copying, problem_of
from lab.web.errors import Problem
from lab.web.exchange import Address, HostSilent
from lab.web.models import Lab
from lab.web.quota import first_slot_of_twins
from lab.web.site import here
from lab.web.waking import about

GIVEN_S = 5.0
COMMAND_S = 10.0


async def twin(lab: Lab, change: Mapping[str, Any] | None = None) -> Lab:
    """Start a lab that is what ``lab`` is, but for ``change``, a command that only it is given.

    Raise Problem: ``has_twin``, what is wrong with the change, and as ``labs.create`` does.
    """
    _check(change)
    lab = await _awake(lab)
    second = _beside(lab)
    if lab.body == Lab.Body.VIRTUAL:
        return await _begin(lab, second, Copying(change=dict(change or {})))
    commands = await _given(lab)
    begun = await _begin(lab, second)
    await _catch_up(begun, commands, change)
    return begun


async def branch(lab: Lab, at_t: float, title: str = "") -> Lab:
    """Start a virtual lab that is what ``lab`` was at ``at_t``, paused there.

    Raise Problem: ``live``, ``has_twin``, ``out_of_range``, and as ``labs.create`` does.
    """
    if lab.body != Lab.Body.VIRTUAL:
        raise Problem(
            "live",
            "only a virtual lab can be had again as it was",
            hint="start the scenario in virtual time to branch from its past",
        )
    lab = await _awake(lab)
    second = _beside(lab)
    second.title, second.branch_of, second.branch_t = title, lab, at_t
    return await _begin(lab, second, Copying(at_t))


def _check(change: Mapping[str, Any] | None) -> None:
    """Refuse what is no command before anything is started for it."""
    if change is not None:
        try:
            parse_command(change)
        except CommandError as error:
            problem = problem_of(error)
            field = f"change.{problem.field}" if problem.field else "change"
            raise Problem(problem.code, problem.message, field=field, hint=problem.hint) from None


async def _awake(lab: Lab) -> Lab:
    """Return the lab as its row is when it runs; raise Problem if it has a twin already."""
    if lab.twin_id is not None:
        raise _has_twin(lab)
    await ask(lab, {"command": "stats"})
    return await here().waking.look(lab)


def _beside(lab: Lab) -> Lab:
    return Lab(
        owner=lab.owner,
        slot=first_slot_of_twins(),
        scenario_name=lab.scenario_name,
        scenario_text=lab.scenario_text,
        seed=lab.seed,
        body=lab.body,
        twin=lab,
    )


async def _begin(lab: Lab, second: Lab, copying: Copying | None = None) -> Lab:
    """Start the second lab, and have each name the other; leave nothing of what fails."""
    if not await Lab.objects.filter(pk=lab.pk, twin=None).aexists():
        raise _has_twin(lab)
    begun = await labs.begin(second, copying=copying)
    try:
        paired = await Lab.objects.filter(pk=lab.pk, twin=None).aupdate(twin=begun)
    except IntegrityError:
        paired = 0
    if not paired:
        await labs.stop(begun)
        raise _has_twin(lab)
    lab.twin = begun
    await here().exchange.tell(Address.of(lab), "about", about(lab))
    return begun


async def _given(lab: Lab) -> list[Given]:
    try:
        answer = await here().exchange.ask(Address.of(lab), "given", timeout_s=GIVEN_S)
    except HostSilent:
        raise Problem("host_lost", "the lab's host went away", hint="try again") from None
    given = msgspec.json.decode(answer.body, type=list[Given])
    return [command for command in given if not command.error]


async def _catch_up(lab: Lab, commands: list[Given], change: Mapping[str, Any] | None) -> None:
    """Give a live twin what the first lab was given, then what only it is to be given."""
    for command in commands:
        try:
            await _command(lab, command.fields)
        except Problem:
            continue  # a fault that is over by itself cannot be healed: nothing is amiss
    try:
        if change is not None:
            await _command(lab, change)
    except Problem:
        await labs.stop(lab)
        raise


async def _command(lab: Lab, fields: Mapping[str, Any]) -> None:
    try:
        await here().exchange.order(Address.of(lab), "command", fields, timeout_s=COMMAND_S)
    except HostSilent:
        raise Problem("host_lost", "the twin's host went away", hint="try again") from None


def _has_twin(lab: Lab) -> Problem:
    return Problem(
        "has_twin",
        "this lab has a twin already",
        hint="compare with it, or stop it first",
        also={"lab": str(lab.twin_id)} if lab.twin_id is not None else None,
    )
