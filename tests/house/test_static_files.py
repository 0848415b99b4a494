"""Static files come from memory, with what browsers need to keep them."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.web.static_files import StaticFiles, load

TEXT = "export const answer = 42;\n" * 50


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    """A client of a site with one hashed file, the same file by its plain name, and one page."""
    (tmp_path / "js").mkdir()
    for name in ("js/a.0123456789ab.js", "js/a.js"):
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"paths": {"js/a.js": "js/a.0123456789ab.js"}})
    )

    async def site(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a page"})

    application = StaticFiles(site, load(tmp_path, "/static/"), "/static/")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://127.0.0.1"
    )


async def test_a_hashed_file_is_kept_for_good(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/js/a.0123456789ab.js")

    assert (answer.status_code, answer.text) == (200, TEXT)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_plain_name_is_asked_for_each_time(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/js/a.js")
    again = await client.get("/static/js/a.js", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_text_is_sent_compressed_to_those_who_can_read_it(client: httpx.AsyncClient) -> None:
    async with client.stream(
        "GET", "/static/js/a.js", headers={"accept-encoding": "br, gzip"}
    ) as answer:
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
    plain = await client.get("/static/js/a.js", headers={"accept-encoding": "identity"})

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body) < len(TEXT) / 5
    assert gzip.decompress(body).decode() == plain.text == TEXT
    assert "content-encoding" not in plain.headers


async def test_head_has_the_headers_without_the_body(client: httpx.AsyncClient) -> None:
    answer = await client.head("/static/js/a.js", headers={"accept-encoding": "identity"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(TEXT))


@pytest.mark.parametrize("path", ["js/b.js", "%2e%2e/manage.py", "", "staticfiles.json"])
async def test_what_was_not_collected_does_not_exist(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/static/{path}")

    assert (answer.status_code, answer.text) == (404, "no such file\n")


async def test_nothing_can_be_sent_to_a_file(client: httpx.AsyncClient) -> None:
    answer = await client.post("/static/js/a.js", content=b"x")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_everything_else_is_the_sites(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == "a page"
