"""In a real Daphne: reloads and half-open websockets leave nothing behind, limits hold."""

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.web.viewer import MOST_UNSEEN
from tests.house.sites import environment, running
from tests.web.wire import Wire

RELOADS = 100
HALF_OPEN = 50
SETTLED = ("tasks", "files", "feeds", "background")

pytestmark = pytest.mark.slow


@pytest.fixture
def frame_bytes() -> str:
    """How long the lab's frames are."""
    return "4000"


@pytest.fixture
def port(tmp_path: Path, frame_bytes: str) -> Iterator[int]:
    """The port of a real site with fake clusters, which pings its websockets each second."""
    arguments = ("lab", "--port", "0", "--no-browser", "--settings", "tests.web.fake_site")
    env = environment(tmp_path, FAKE_PING_S="1", FAKE_FRAME_BYTES=frame_bytes)
    with running(*arguments, env=env) as site:
        assert site.stdout is not None
        words = site.stdout.readline().split()
        url = next(word for word in words if word.startswith("http://"))
        yield int(url.rpartition(":")[2])


def get(port: int, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return json.load(response)


def start_lab(port: int) -> str:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/labs",
        b'{"scenario": "pair"}',
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return str(json.load(response)["id"])


async def settles_at(port: int, counts: dict[str, int]) -> None:
    """Wait until the site holds no more than ``counts``; say what it still held if it does not."""
    held = counts
    try:
        async with asyncio.timeout(30):
            while True:
                held = await asyncio.to_thread(get, port, "/probe")
                if all(held[name] <= counts[name] for name in SETTLED):
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"held {held}, expected at most {counts}") from None


async def baseline(port: int, lab: str) -> dict[str, int]:
    """What the site holds when one viewer has come and gone."""
    wire = await Wire.open(port, f"/ws/labs/{lab}")
    await wire.read()
    wire.vanish()
    await settles_at(port, {"tasks": 10**6, "files": 10**6, "feeds": 0, "background": 1})
    await asyncio.sleep(3)
    counts: dict[str, int] = await asyncio.to_thread(get, port, "/probe")
    return counts


async def test_a_hundred_reloads_leave_nothing_behind(port: int) -> None:
    lab = await asyncio.to_thread(start_lab, port)
    before = await baseline(port, lab)
    for _ in range(RELOADS):
        await asyncio.to_thread(get, port, f"/api/v1/labs/{lab}")
        wire = await Wire.open(port, f"/ws/labs/{lab}")
        assert b'"type":"hello"' in await wire.read()
        wire.vanish()
    await settles_at(port, before)
    labs = await asyncio.to_thread(get, port, "/api/v1/labs")
    assert [each["id"] for each in labs["labs"]] == [lab]


async def test_fifty_half_open_websockets_are_closed_and_leave_nothing_behind(port: int) -> None:
    lab = await asyncio.to_thread(start_lab, port)
    before = await baseline(port, lab)
    wires = [await Wire.open(port, f"/ws/labs/{lab}") for _ in range(HALF_OPEN)]
    held = await asyncio.to_thread(get, port, "/probe")
    assert held["files"] >= before["files"] + HALF_OPEN
    assert held["feeds"] == 1
    await settles_at(port, before)
    async with asyncio.timeout(10):
        await asyncio.gather(*(wire.until_closed() for wire in wires))


async def test_a_viewer_that_acknowledges_nothing_gets_no_more_than_fifteen_frames(
    port: int,
) -> None:
    lab = await asyncio.to_thread(start_lab, port)
    wire = await Wire.open(port, f"/ws/labs/{lab}")
    assert b'"type":"hello"' in await wire.read()
    messages = await wire.until_closed()
    assert messages.count(b'"type":"frame"') == MOST_UNSEEN


@pytest.mark.parametrize("frame_bytes", ["1000000"])
async def test_a_long_message_reaches_the_browser_whole(port: int) -> None:
    lab = await asyncio.to_thread(start_lab, port)
    wire = await Wire.open(port, f"/ws/labs/{lab}")
    while b'"type":"frame"' not in (message := await wire.read_text()):
        pass
    assert len(json.loads(message)["filler"]) == 1_000_000
    wire.vanish()


async def test_a_message_that_no_command_needs_closes_the_websocket(port: int) -> None:
    lab = await asyncio.to_thread(start_lab, port)
    wire = await Wire.open(port, f"/ws/labs/{lab}")
    for _ in range(3):
        wire.send_text("x" * 65_000)
    wire.send_text('{"id": 1, "command": "stats"}')
    while b'"id":1' not in (message := await wire.read_text()):
        pass
    assert json.loads(message)["ok"] is True
    wire.announce(1_000_000)
    with pytest.raises((ConnectionError, EOFError)):
        await _read_for_ever(wire)


async def _read_for_ever(wire: Wire) -> None:
    while True:
        await wire.read_text()
