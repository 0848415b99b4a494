"""Virtual labs of a scaled site: twins on one host, and a past that outlives it."""

import asyncio
from contextlib import ExitStack

import pytest

from tests.scaled.conftest import Scaled
from tests.scaled.person import Browser, Json

pytestmark = [pytest.mark.scaled, pytest.mark.slow]


async def test_twins_share_a_host_and_what_was_done_outlives_it(scaled: Scaled) -> None:
    ann = await Browser(scaled.first).visit()

    async def ask(method: str, url: str, path: str, body: object = None) -> Json:
        answer = await ann.send(method, f"{url}/api/v1/labs{path}", body)
        assert answer.status_code in (200, 201), answer.text
        found: Json = answer.json()
        return found

    with ExitStack() as hosts:
        first = hosts.enter_context(scaled.host())
        lab = (await ask("POST", scaled.first, "", {"scenario": "pair", "body": "virtual"}))["id"]
        await ask("PUT", scaled.first, f"/{lab}/pace", {"speed": 1.0, "paused": True})
        twin = (await ask("POST", scaled.second, f"/{lab}/twin", {}))["id"]
        fault = {"kind": "hang", "target": "callee-1"}
        await ask("POST", scaled.second, f"/{lab}/faults", fault)
        stepped = await ask("POST", scaled.first, f"/{lab}/step", {"to": "frame"})
        states = [await ask("GET", scaled.second, f"/{each}") for each in (lab, twin)]
        assert {round(state["t"], 2) for state in states} == {round(stepped["t"], 2)}
        assert [len(state["faults"]) for state in states] == [1, 0]
        hosts.enter_context(scaled.host())
        first.terminate()
        await asyncio.to_thread(first.wait)
        again = [await ask("GET", scaled.second, f"/{each}") for each in (lab, twin)]
        assert [len(state["faults"]) for state in again] == [1, 0]
        assert {state["pace"]["paused"] for state in again} == {True}
        for each in (lab, twin):
            await ann.send("DELETE", f"{scaled.first}/api/v1/labs/{each}")
    await ann.close()
