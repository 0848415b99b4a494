"""Runs of a scaled site: any site process keeps, reads and verifies them, none on its disk."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.scaled.conftest import Scaled
from tests.scaled.person import Browser
from tests.web.kept import file_of

pytestmark = [pytest.mark.scaled, pytest.mark.slow]


@pytest.fixture
async def ann(scaled: Scaled) -> AsyncIterator[Browser]:
    browser = await Browser(scaled.first).visit()
    yield browser
    await browser.close()


async def test_a_run_saved_through_one_site_is_read_and_exported_through_the_other(
    scaled: Scaled, ann: Browser
) -> None:
    with scaled.host():
        made = await ann.send("POST", f"{scaled.first}/api/v1/labs", {"scenario": "pair"})
        lab = made.json()["id"]
        run = await saved(scaled, ann, lab)
        path = f"{scaled.second}{run['page'].replace('/runs/', '/api/v1/runs/').rstrip('/')}"
        read = await ann.send("GET", path)
        assert read.status_code == 200
        assert read.json()["head"]["body"] == "live"
        moment = await ann.send("GET", f"{path}/moment?t={run['to_t']}")
        assert moment.json()["state"]["status"] == "running"
        await ann.send("DELETE", f"{scaled.second}/api/v1/labs/{lab}")
        assert (await ann.send("GET", f"{path}/file")).content[:2] == b"\x1f\x8b"


async def test_a_run_taken_in_by_one_site_is_verified_there_and_the_other_knows(
    scaled: Scaled, ann: Browser
) -> None:
    taken = await ann.send_file(f"{scaled.first}/api/v1/runs", file_of())
    assert taken.status_code == 201, taken.text
    here, there = (
        f"{url}/api/v1/runs/{taken.json()['id']}" for url in (scaled.first, scaled.second)
    )
    assert (await ann.send("POST", f"{here}/verify")).status_code == 202
    verdict = await verdict_of(ann, there)
    assert verdict["is_same"]


async def verdict_of(ann: Browser, path: str) -> dict[str, Any]:
    async with asyncio.timeout(60.0):
        while True:
            proof = (await ann.send("GET", path)).json()["proof"]
            if proof["verdict"] is not None:
                return dict(proof["verdict"])
            await asyncio.sleep(0.2)


async def saved(scaled: Scaled, ann: Browser, lab: str) -> dict[str, Any]:
    answer = await ann.send("POST", f"{scaled.first}/api/v1/labs/{lab}/run", {"title": "kept"})
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run
