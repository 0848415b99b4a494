"""How many live labs one owner may have."""

from collections.abc import AsyncIterator

from django.conf import settings

from lab.web.errors import Problem
from lab.web.models import Lab


async def free_slots(lab: Lab) -> AsyncIterator[int]:
    """The slots that ``lab`` may take: its own first, then those that no live lab has.

    Only the database decides (by a unique constraint), so that two requests at once cannot take
    the same; the caller goes on to the next slot when it refuses.
    """
    others = Lab.objects.live().filter(owner=lab.owner).exclude(pk=lab.pk)
    taken = {slot async for slot in others.values_list("slot", flat=True)}
    slots = range(settings.FAULTLINE_LABS_PER_OWNER)
    for slot in sorted(slots, key=lambda slot: slot != lab.slot):
        if slot not in taken:
            yield slot


async def too_many(owner: str) -> Problem:
    """The refusal of one lab more, naming the newest of those there are."""
    newest = await Lab.objects.live().filter(owner=owner).afirst()
    limit = settings.FAULTLINE_LABS_PER_OWNER
    existing = "" if newest is None else str(newest.pk)
    if limit == 1:
        return Problem(
            "one_lab_only",
            f"you have a lab already: {existing}",
            hint="use it, or stop it first",
            also={"lab": existing},
        )
    return Problem(
        "too_many_labs",
        f"you have {limit} labs already, the newest is {existing}",
        hint="stop one of them first",
        also={"lab": existing},
    )
