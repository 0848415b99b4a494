"""The pages, over a host whose clusters start no process."""

import json
import re
from collections.abc import Callable

import pytest
from pytest_django import Settings

from lab.web import labs
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.fake_cluster import FakeDoor

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files"),
]

Browser = Callable[[], Http]
BOOT = re.compile(r'<script id="boot" type="application/json">(.*?)</script>', re.DOTALL)


async def csrf_of(client: Http) -> str:
    await client.get("/")
    return str(client.cookies["faultline_csrf"].value)


async def test_home_names_the_course_and_its_four_modules(site: Site, browser: Browser) -> None:
    response = await browser().get("/")
    text = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Reliability",
        "Fault Tolerance Fundamentals",
        "Circuit Breakers &amp; Retries",
        "Graceful Degradation",
        "Disaster Recovery",
    ):
        assert words in text


async def test_a_lab_is_started_from_home_and_its_page_knows_its_addresses(
    host: LabHost, door: FakeDoor, browser: Browser
) -> None:
    ann = browser()
    form = {"scenario": "pair", "csrfmiddlewaretoken": await csrf_of(ann)}
    made = await ann.post("/labs/", form)
    assert made.status_code == 302
    assert door.newest.scenario == "pair"
    page = await ann.get(made["Location"])
    found = BOOT.search(page.content.decode())
    assert found is not None
    lab = await Lab.objects.aget()
    assert json.loads(found[1]) == {
        "lab": str(lab.pk),
        "socket": f"/ws/labs/{lab.pk}",
        "api": f"/api/v1/labs/{lab.pk}",
        "catalogue": "/api/v1/catalogue",
        "scenario": "pair",
    }


async def test_a_refused_start_says_why_on_home(
    host: LabHost, browser: Browser, settings: Settings
) -> None:
    settings.FAULTLINE_LABS_PER_OWNER = 1
    ann = browser()
    form = {"scenario": "pair", "csrfmiddlewaretoken": await csrf_of(ann)}
    await ann.post("/labs/", form)
    refused = await ann.post("/labs/", form)
    assert refused.status_code == 409
    assert "you have a lab already" in refused.content.decode()


async def test_the_short_way_leads_to_the_sandbox(host: LabHost, browser: Browser) -> None:
    sandbox = await labs.create(Person(LOCAL, Proof.LOCAL), "toyshop")
    response = await browser().get("/lab/")
    assert response.status_code == 302
    assert response["Location"] == f"/labs/{sandbox.pk}/"


async def test_the_short_way_starts_a_lab_where_there_is_none(
    host: LabHost, door: FakeDoor, browser: Browser
) -> None:
    ann = browser()
    first = await ann.get("/lab/")
    assert door.newest.scenario == "toyshop"
    assert (await ann.get("/lab/"))["Location"] == first["Location"]
    assert len(door.clusters) == 1


async def test_on_a_shared_site_the_short_way_starts_nothing(
    host: LabHost, door: FakeDoor, browser: Browser, settings: Settings
) -> None:
    settings.FAULTLINE_SHARED = True
    response = await browser().get("/lab/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert door.clusters == []


async def test_the_short_way_says_so_when_there_is_no_room(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.waking.OFFER_S", 0.05)
    response = await browser().get("/lab/")
    assert response.status_code == 503
    assert "no host has room" in response.content.decode()


async def test_an_unknown_page_is_a_friendly_404(site: Site, browser: Browser) -> None:
    for path in ("/nowhere", "/labs/00000000-0000-0000-0000-000000000000/"):
        response = await browser().get(path)
        assert response.status_code == 404
        assert response["Content-Type"].startswith("text/html")
        assert b"Faultline" in response.content


async def test_pages_are_read_only(site: Site, browser: Browser) -> None:
    ann = browser()
    token = await csrf_of(ann)
    for path in ("/", "/lab/", "/labs/00000000-0000-0000-0000-000000000000/"):
        response = await ann.post(path, headers={"x-csrftoken": token})
        assert response.status_code == 405
    assert (await ann.get("/labs/")).status_code == 405
