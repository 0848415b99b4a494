"""1,000 malformed commands on the API and on the websocket of a lab, live and virtual."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lab.web import labs
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.conftest import open_live_host
from tests.web.malformed import TEXTS, spoiled
from tests.web.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"
COUNT = 1000
ADDRESSES = (
    ("post", "faults"),
    ("patch", "users"),
    ("patch", "services/callee"),
    ("put", "pace"),
    ("post", "step"),
    ("post", "twin"),
    ("post", "branch"),
)
CHANGING = ("services", "dependencies", "links", "users", "faults", "scenario", "status")


@pytest.fixture(params=["live", "virtual"])
async def lab(
    site: Site, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[Lab]:
    """A lab, and a site that does not count violations (that is tested elsewhere)."""
    monkeypatch.setattr("lab.web.consumers.COMMANDS_BURST", 1e6)
    monkeypatch.setattr("lab.web.consumers.VIOLATIONS_BURST", 1e6)
    monkeypatch.setattr("lab.web.allowances.BURST", 1e6)
    async with open_live_host():
        yield await labs.create(Person(LOCAL, Proof.LOCAL), "pair", body=request.param)


async def what_may_not_change(lab: Lab) -> dict[str, Any]:
    """What commands change, and which processes there are."""
    state = (await Http().get(f"/api/v1/labs/{lab.pk}")).json()
    processes = [(each["name"], each["pid"], each["state"]) for each in state["instances"]]
    return {name: state[name] for name in CHANGING} | {"processes": processes}


async def test_on_the_websocket_they_are_refused_and_change_nothing(lab: Lab) -> None:
    before = await what_may_not_change(lab)
    socket = Socket(lab.pk)
    await socket.join()
    await socket.ask(0, command="watch", frames_per_s=0)
    for number, command in enumerate(spoiled(COUNT, seed=1), start=1):
        reply = await socket.ask(number, **command)
        assert reply["id"] == number
        assert reply["ok"] is False, command
        assert reply["error"]["code"] not in ("broken", "too_fast", "too_slow"), command
        assert reply["error"]["message"]
    for text in TEXTS:
        await socket.send_input({"type": "websocket.receive", "text": text})
        assert (await socket.next_but("event", "state", "traces"))["ok"] is False, text[:40]
    await socket.send_to(bytes_data=b'{"command": "reset"}')
    assert (await socket.next_but("event", "state", "traces"))["ok"] is False
    assert await what_may_not_change(lab) == before
    assert (await socket.ask(1, command="stats"))["ok"] is True
    await socket.disconnect()


async def test_on_the_api_they_are_refused_and_change_nothing(lab: Lab) -> None:
    before = await what_may_not_change(lab)
    client = Http()
    for command in spoiled(COUNT, seed=2):
        method, path, body = as_request(lab, command)
        response = await getattr(client, method)(path, json.dumps(body), JSON)
        assert 400 <= response.status_code < 500, (command, response.content)
        assert response["Content-Type"] == JSON
        assert response.json()["error"]["message"], command
    for text in TEXTS:
        for method, path in ADDRESSES:
            response = await getattr(client, method)(
                f"/api/v1/labs/{lab.pk}/{path}", text.encode(), JSON
            )
            assert 400 <= response.status_code < 500, (path, text[:40])
            assert response.json()["error"]["message"]
    assert await what_may_not_change(lab) == before


def as_request(lab: Lab, command: dict[str, Any]) -> tuple[str, str, Any]:
    """The request that says the same as ``command``, as far as one can say it."""
    base = f"/api/v1/labs/{lab.pk}"
    fields = {field: value for field, value in command.items() if field != "command"}
    match command.get("command"):
        case "inject_fault":
            return "post", f"{base}/faults", fields
        case "set_chain" if isinstance(fields.get("dependency"), str) and len(fields) == 2:
            path = f"{base}/dependencies/{_segment(fields['dependency'])}/chain"
            return "put", path, fields.get("chain")
        case "set_pace":
            return "put", f"{base}/pace", fields
        case "step":
            return "post", f"{base}/step", fields
        case "set_users":
            return "patch", f"{base}/users", fields
        case "set_service" if isinstance(fields.get("service"), str):
            path = f"{base}/services/{_segment(fields.pop('service'))}"
            return "patch", path, fields
        case _:
            return "post", f"{base}/faults", command


def _segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="") or "%20"
