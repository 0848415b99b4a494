"""Kept runs: save a lab's record, take one in from a file, find one, rename and share it."""

import secrets
import uuid

import msgspec
from django.db.models import Sum
from msgspec.structs import replace

from lab.cluster import Run as Unpacked
from lab.cluster import RunError, pack, retitled, unpack
from lab.web.errors import Problem
from lab.web.exchange import Address, HostSilent
from lab.web.models import Lab, Run
from lab.web.person import Person
from lab.web.site import here

MOST_RUNS = 50
MOST_BYTES = 200 << 20
"""For each owner."""

RECORD_S = 40.0
KEY_BYTES = 32


async def save(person: Person, lab: Lab, title: str) -> Run:
    """Keep what ``lab`` has recorded so far. Raise Problem when it has no record, or no room."""
    await _check_room(person.owner)
    run = await read(await record_of(lab, title))
    return await _keep(person.owner, run, title)


async def take_in(person: Person, file: bytes) -> Run:
    """Keep the run in a file. Raise Problem when it is none, or there is no room for it."""
    await _check_room(person.owner)
    run = await read(file)
    return await _keep(person.owner, run, run.head.title or run.head.scenario_name)


async def record_of(lab: Lab, title: str = "") -> bytes:
    """Return what ``lab`` has recorded so far, as a file; raise Problem when there is nothing.

    A virtual one that is at rest is played again for it.
    """
    gone = Problem(
        "not_running",
        "the lab is at rest, and its record ended with its processes",
        hint="open the lab to start it again, then save the new run",
    )
    if lab.status != Lab.Status.RUNNING and lab.body == Lab.Body.VIRTUAL:
        lab = await here().waking.wake(lab)
    if lab.status != Lab.Status.RUNNING:
        raise gone
    try:
        fields = {"title": title}
        answer = await here().exchange.order(Address.of(lab), "run", fields, timeout_s=RECORD_S)
    except HostSilent:
        raise gone from None
    except Problem as problem:
        raise gone if problem.code == "unknown_lab" else problem from None
    return answer.body


async def read(file: bytes) -> Unpacked:
    """Return the run in a file; raise Problem when it is none that can be read."""
    try:
        return await here().opened.work(unpack, file)
    except RunError as error:
        raise Problem("bad_run", str(error), field="file", hint=error.hint) from None


async def find(person: Person, run_id: str, key: str = "") -> Run | None:
    """Return the run if it is theirs, or if ``key`` opens it; without its file."""
    try:
        number = uuid.UUID(run_id)
    except ValueError:
        return None
    rows = Run.objects.without_file()
    mine = await rows.usable_by(person).filter(pk=number).afirst()
    if mine is not None or not key:
        return mine
    run = await rows.filter(pk=number, is_shared=True).afirst()
    opens = run is not None and secrets.compare_digest(run.key.encode(), key.encode())
    return run if opens else None


async def rename(run: Run, title: str) -> None:
    """Give it another title, also in its file."""
    file = await file_of(run)
    renamed = await here().opened.work(retitled, file, title)
    run.title, run.file_bytes = title, len(renamed)
    rows = Run.objects.filter(pk=run.pk)
    await rows.aupdate(title=title, file=renamed, file_bytes=len(renamed))


async def share(run: Run, *, is_shared: bool) -> None:
    """Let whoever has the link read it, or no longer; a link that was withdrawn stays dead."""
    if is_shared != run.is_shared:
        run.is_shared, run.key = is_shared, _new_key()
        await Run.objects.filter(pk=run.pk).aupdate(is_shared=is_shared, key=run.key)


async def file_of(run: Run) -> bytes:
    """Return the file as it is exported."""
    return bytes(await Run.objects.values_list("file", flat=True).aget(pk=run.pk))


async def _keep(owner: str, run: Unpacked, title: str) -> Run:
    head = replace(run.head, title=title)
    file = await here().opened.work(pack, Unpacked(head, run.recording))
    await _check_room(owner, len(file))
    return await Run.objects.acreate(
        owner=owner,
        title=title,
        scenario_name=head.scenario_name,
        body=head.body,
        from_t=run.recording.from_t,
        to_t=head.to_t,
        digest=head.digest,
        head=msgspec.json.encode(head).decode(),
        file=file,
        file_bytes=len(file),
        key=_new_key(),
    )


async def _check_room(owner: str, more_bytes: int = 0) -> None:
    rows = Run.objects.filter(owner=owner)
    if await rows.acount() >= MOST_RUNS:
        raise Problem(
            "too_many_runs", f"you have {MOST_RUNS} runs already", hint="delete one first"
        )
    used = (await rows.aaggregate(used=Sum("file_bytes")))["used"] or 0
    if used + more_bytes > MOST_BYTES:
        raise Problem(
            "too_many_runs",
            f"your runs take {used >> 20} MB, and all together may take {MOST_BYTES >> 20} MB",
            hint="export the ones you want to keep, then delete some here",
        )


def _new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)
