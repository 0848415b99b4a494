"""How many live labs one owner may have: so many, and a twin or branch to each."""

from collections.abc import AsyncIterator

from django.conf import settings

from lab.web.errors import Problem
from lab.web.models import Lab


def first_slot_of_twins() -> int:
    """A lab that was made as a twin or branch has this slot or a higher one."""
    limit: int = settings.FAULTLINE_LABS_PER_OWNER
    return limit


async def free_slots(lab: Lab) -> AsyncIterator[int]:
    """The slots that ``lab`` may take: its own first, then those that no live lab has.

    A twin may take any slot, but leaves those of other labs free as long as it can. Only the
    database decides (by a unique constraint), so that two requests at once cannot take the same;
    the caller goes on to the next slot when it refuses.
    """
    others = Lab.objects.live().filter(owner=lab.owner).exclude(pk=lab.pk)
    taken = {slot async for slot in others.values_list("slot", flat=True)}
    for_twins = first_slot_of_twins()
    slots = [*range(for_twins)]
    if lab.slot >= for_twins:
        slots = [*range(for_twins, 2 * for_twins), *slots]
    for slot in sorted(slots, key=lambda slot: slot != lab.slot):
        if slot not in taken:
            yield slot


async def has_free_slot(lab: Lab) -> bool:
    """Whether there is one just now."""
    async for _ in free_slots(lab):
        return True
    return False


async def too_many(lab: Lab) -> Problem:
    """The refusal of one lab more, naming the newest of those there are."""
    rows = Lab.objects.live().filter(owner=lab.owner).exclude(pk=lab.pk)
    newest, count = await rows.afirst(), await rows.acount()
    existing = "" if newest is None else str(newest.pk)
    if count == 1:
        return Problem(
            "one_lab_only",
            f"you have a lab already: {existing}",
            hint="use it, or stop it first",
            also={"lab": existing},
        )
    return Problem(
        "too_many_labs",
        f"you have {count} labs already, the newest is {existing}",
        hint="stop one of them first",
        also={"lab": existing},
    )
