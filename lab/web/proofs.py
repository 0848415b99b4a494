"""Has a run played again in a process of its own; what comes of it is kept in the run's row.

POST …/verify ──▶ Proofs ──file──▶ python -m lab.cluster.runs.proof ──lines──▶ Run.verdict
                                                                                   │
GET …/runs/{id} ◀──────────────── any site process ◀───────────────────────────────┘
"""

import asyncio
import sys
import uuid
from asyncio.subprocess import DEVNULL, PIPE, Process
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from lab.web.errors import Problem
from lab.web.models import Run
from lab.web.nursery import Nursery

COMMAND = (sys.executable, "-m", "lab.cluster.runs.proof")
WITHIN_S = 240.0
WRITTEN_EVERY_S = 0.5
SILENT_AFTER = timedelta(seconds=15)
"""A proof that has said nothing for so long has ended with its site."""

BROKEN_OFF = {"failed": "it was broken off; nothing is known"}


class Told(msgspec.Struct, omit_defaults=True):
    """How far a proof is (``t``, lab time), or the verdict it came to; and when that was said."""

    at: datetime
    t: float = 0.0
    verdict: dict[str, Any] | None = None


class _Line(msgspec.Struct):
    t: float = 0.0
    verdict: dict[str, Any] | None = None


class Proofs:
    """The proofs of one site process: one at a time, since each takes a whole processor."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._now: uuid.UUID | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being played again."""
        return self._now is None

    async def start(self, run: Run) -> None:
        """Have it played again, unless that is under way. Raise Problem when another one is."""
        if self._now == run.pk or is_under_way(told_of(run)):
            return
        if self._now is not None:
            raise Problem(
                "busy",
                "another run is being played again just now",
                hint="try again in a few seconds",
                retry_after_s=5,
            )
        self._now = run.pk
        self._nursery.start(self._prove(run.pk), f"playing run {run.pk} again")
        run.verdict = await _write(run.pk, Told(timezone.now()))

    async def _prove(self, key: uuid.UUID) -> None:
        verdict = BROKEN_OFF
        try:
            async with asyncio.timeout(WITHIN_S):
                verdict = await _play(key)
        except TimeoutError:
            verdict = {"failed": f"it took longer than {WITHIN_S:g} s"}
        finally:
            self._now = None
            await _write(key, Told(timezone.now(), verdict=verdict))


def told_of(run: Run) -> Told | None:
    """Return what is known of a run's proof; None when there is none, or it broke off."""
    if not run.verdict:
        return None
    told = msgspec.json.decode(run.verdict, type=Told)
    return told if told.verdict is not None or is_under_way(told) else None


def is_under_way(told: Told | None) -> bool:
    """Whether a process is still at it."""
    return told is not None and told.verdict is None and timezone.now() - told.at < SILENT_AFTER


async def _play(key: uuid.UUID) -> dict[str, Any]:
    file = bytes(await Run.objects.values_list("file", flat=True).aget(pk=key))
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=settings.BASE_FOLDER
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_feed(process, file))
            reading = tasks.create_task(_read(process, key))
        return reading.result()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _feed(process: Process, file: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(file)
    try:
        await process.stdin.drain()
    except ConnectionError:
        return  # it has ended, and its last line says why
    process.stdin.close()


async def _read(process: Process, key: uuid.UUID) -> dict[str, Any]:
    assert process.stdout is not None
    clock = asyncio.get_running_loop().time
    written_s = clock()
    async for line in process.stdout:
        told = msgspec.json.decode(line, type=_Line)
        if told.verdict is not None:
            return told.verdict
        if clock() - written_s >= WRITTEN_EVERY_S:
            written_s = clock()
            await _write(key, Told(timezone.now(), told.t))
    return BROKEN_OFF


async def _write(key: uuid.UUID, told: Told) -> str:
    text = msgspec.json.encode(told).decode()
    await Run.objects.filter(pk=key).aupdate(verdict=text)
    return text
