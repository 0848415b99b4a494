import asyncio

from lab.web.places import KEPT_S, Places


async def is_free(places: Places) -> bool:
    """Whether ``free`` returns without waiting."""
    task = asyncio.get_running_loop().create_task(places.free())
    await asyncio.sleep(0)
    free = task.done()
    task.cancel()
    return free


async def test_a_host_looks_for_labs_until_its_places_are_offered_or_taken() -> None:
    places = Places(2)
    assert places.take(0.0)
    assert await is_free(places)
    places.offer(0.0)
    assert not await is_free(places)


async def test_an_offer_that_nobody_takes_frees_its_place() -> None:
    places = Places(1)
    places.offer(0.0)
    places.poll(KEPT_S - 0.1)
    assert not await is_free(places)
    places.poll(KEPT_S)
    assert await is_free(places)


async def test_an_offer_that_is_declined_frees_its_place_at_once() -> None:
    places = Places(1)
    places.offer(0.0)
    places.declined()
    assert await is_free(places)
    places.declined()
    assert places.take(0.0)
    assert not places.take(0.0)


async def test_a_lab_takes_the_place_that_was_offered() -> None:
    places = Places(1)
    places.offer(0.0)
    assert places.take(1.0)
    assert not places.take(1.0)
    assert not await is_free(places)


async def test_who_waits_for_a_place_gets_the_one_that_a_lab_leaves() -> None:
    places = Places(1)
    places.take(0.0)
    task = asyncio.get_running_loop().create_task(places.free())
    await asyncio.sleep(0)
    assert not task.done()
    places.leave()
    await task
