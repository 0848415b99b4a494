"""An experiment belongs to its owner, not to the site process that took it."""

import asyncio

import pytest

from tests.scaled.conftest import Scaled
from tests.scaled.person import Browser

pytestmark = [pytest.mark.scaled, pytest.mark.slow]


async def test_any_site_tells_how_far_it_is_and_cancels_it(scaled: Scaled) -> None:
    ann = await Browser(scaled.first).visit()
    body = {"scenario": "pair", "for_s": 60.0, "seeds": 300}
    made = await ann.send("POST", f"{scaled.first}/api/v1/experiments", body)
    assert made.status_code == 202, made.text
    there = f"{scaled.second}/api/v1/experiments/{made.json()['id']}"
    window = await ann.watch(scaled.second, made.json()["id"], "experiments")
    while (await window.next("experiment"))["done"] < 1:
        pass
    second = await ann.send("POST", f"{scaled.second}/api/v1/experiments", body)
    assert (second.status_code, second.json()["experiment"]) == (409, made.json()["id"])
    assert (await ann.send("DELETE", there)).status_code == 204
    assert (await window.next("experiment"))["state"] in ("running", "cancelled")
    async with asyncio.timeout(20.0):
        while (now := (await ann.send("GET", there)).json())["result"] is None:  # noqa: ASYNC110 - as a page
            await asyncio.sleep(0.1)
    assert now["state"] == now["result"]["state"] == "cancelled"
    assert (await ann.send("GET", f"{there}/report")).status_code == 200
    window.close()
    await ann.close()
