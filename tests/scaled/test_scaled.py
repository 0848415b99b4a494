"""Two Daphne processes and two lab hosts over a real Redis and a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scaled.conftest import MAX_LABS, Scaled
from tests.scaled.person import Browser, Json, Window

pytestmark = [pytest.mark.scaled, pytest.mark.slow]


@pytest.fixture
async def ann(scaled: Scaled) -> AsyncIterator[Browser]:
    browser = await Browser(scaled.first).visit()
    yield browser
    await browser.close()


@pytest.fixture
async def bob(scaled: Scaled) -> AsyncIterator[Browser]:
    browser = await Browser(scaled.second).visit()
    yield browser
    await browser.close()


async def start(scaled: Scaled, browser: Browser, scenario: str = "pair") -> str:
    made = await browser.send("POST", f"{scaled.first}/api/v1/labs", {"scenario": scenario})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def stop(scaled: Scaled, browser: Browser, lab: str) -> None:
    gone = await browser.send("DELETE", f"{scaled.second}/api/v1/labs/{lab}")
    assert gone.status_code == 204


async def test_a_lab_started_through_one_site_is_watched_and_steered_through_the_other(
    scaled: Scaled, ann: Browser
) -> None:
    with scaled.host(), scaled.host():
        lab = await start(scaled, ann)
        here, there = await ann.watch(scaled.first, lab), await ann.watch(scaled.second, lab)
        await asyncio.gather(_sees_every_frame(here), _sees_every_frame(there))
        there.send({"id": 1, "command": "inject_fault", "kind": "hang", "target": "callee-1"})
        reply = await there.next("reply")
        assert reply["ok"] is True
        assert reply["result"]["acknowledged_by"] == ["callee-1"]
        while (event := await here.next("event"))["kind"] != "fault_on":
            pass
        assert event["subject"] == "callee-1"
        state = (await ann.send("GET", f"{scaled.first}/api/v1/labs/{lab}")).json()
        assert [fault["target"] for fault in state["faults"]] == ["callee-1"]
        here.close()
        there.close()
        await stop(scaled, ann, lab)


async def test_a_session_holds_at_both_sites_and_shows_nothing_to_another(
    scaled: Scaled, ann: Browser, bob: Browser
) -> None:
    with scaled.host():
        lab = await start(scaled, ann)
        for url in (scaled.first, scaled.second):
            assert (await ann.send("GET", f"{url}/api/v1/labs/{lab}")).status_code == 200
            assert (await bob.send("GET", f"{url}/api/v1/labs/{lab}")).status_code == 404
        second = await ann.send("POST", f"{scaled.second}/api/v1/labs", {"scenario": "pair"})
        assert second.status_code == 409
        assert second.json()["lab"] == lab
        await stop(scaled, ann, lab)


async def test_labs_go_to_whichever_host_has_room_and_then_there_is_none(
    scaled: Scaled,
) -> None:
    people = [await Browser(scaled.first).visit() for _ in range(2 * int(MAX_LABS) + 1)]
    with scaled.host() as one, scaled.host() as other:
        labs = [await start(scaled, person) for person in people[:-1]]
        assert workers_of(one.pid)
        assert workers_of(other.pid)
        full = await people[-1].send("POST", f"{scaled.second}/api/v1/labs", {"scenario": "pair"})
        assert full.status_code == 503
        assert full.json()["error"]["code"] == "no_room"
        assert int(full.headers["Retry-After"]) > 0
        await stop(scaled, people[0], labs[0])
        labs.append(await start(scaled, people[-1]))
        for person, lab in zip(people[1:], labs[1:], strict=True):
            await stop(scaled, person, lab)
    for person in people:
        await person.close()


async def test_when_a_host_is_killed_its_lab_starts_again_on_the_other_with_a_notice(
    scaled: Scaled, ann: Browser
) -> None:
    with scaled.host() as doomed:
        lab = await start(scaled, ann)
        here, there = await ann.watch(scaled.first, lab), await ann.watch(scaled.second, lab)
        before = (await here.next("hello"))["state"]
        await there.next("hello")
        here.send({"id": 1, "command": "inject_fault", "kind": "hang", "target": "callee-1"})
        assert (await here.next("reply"))["ok"] is True
        with scaled.host() as survivor:
            doomed.kill()
            for window in (here, there):
                notice = await window.next("notice", "reply")
                assert notice["type"] == "notice"
                assert "starting again" in notice["text"]
                after = (await window.next("hello"))["state"]
                assert after["status"] == "running"
                assert after["faults"] == []
                assert pids_of(after).isdisjoint(pids_of(before))
                assert pids_of(after) <= workers_of(survivor.pid)
                await window.next("frame")
            there.send({"id": 2, "command": "reset"})
            assert (await there.next("reply"))["ok"] is True
            here.close()
            there.close()
            await stop(scaled, ann, lab)


async def test_labs_outlive_their_redis(scaled: Scaled, ann: Browser) -> None:
    with scaled.host():
        lab = await start(scaled, ann)
        window = await ann.watch(scaled.first, lab)
        before = (await window.next("hello"))["state"]
        scaled.redis.stop()
        try:
            with pytest.raises(ConnectionError, match="4012"):
                await window.next("nothing")
            lost = await ann.send("GET", f"{scaled.second}/api/v1/labs/{lab}")
            assert lost.status_code == 503
            assert lost.json()["error"]["code"] == "layer_lost"
        finally:
            scaled.redis.start()
        for url in (scaled.first, scaled.second):
            again = await ann.watch(url, lab)
            after = (await again.next("hello"))["state"]
            assert pids_of(after) == pids_of(before)
            await again.next("frame")
            again.close()
        await stop(scaled, ann, lab)


async def _sees_every_frame(window: Window) -> None:
    hello = await window.next("hello")
    assert hello["state"]["status"] == "running"
    numbers = [(await window.next("frame"))["n"] for _ in range(30)]
    assert numbers == list(range(numbers[0], numbers[0] + 30))


def pids_of(state: Json) -> set[int]:
    """The processes of the lab's services."""
    return {each["pid"] for each in state["instances"]}


def workers_of(pid: int) -> set[int]:
    """Every process that descends from ``pid``."""
    children: dict[int, set[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), set()).add(int(status.parent.name))
    found: set[int] = set()
    new = {pid}
    while new:
        new = {child for parent in new for child in children.get(parent, set())} - found
        found |= new
    return found
