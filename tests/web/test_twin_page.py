"""The page of twins: whose it is, and which of them is A."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from lab.web.models import Lab
from lab.web.person import LOCAL
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.test_pages import BOOT

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files"),
]


async def make_lab(owner: str, age_s: float) -> Lab:
    return await Lab.objects.acreate(
        owner=owner,
        scenario_name="pair",
        scenario_text="",
        status=Lab.Status.ASLEEP,
        created=timezone.now() - timedelta(seconds=age_s),
    )


async def make_twins(owner: str) -> tuple[Lab, Lab]:
    older, younger = await make_lab(owner, 60), await make_lab(owner, 5)
    await Lab.objects.filter(pk=older.pk).aupdate(twin=younger)
    await Lab.objects.filter(pk=younger.pk).aupdate(twin=older)
    return older, younger


async def test_the_older_twin_is_a_whoever_of_them_is_asked_for(
    site: Site, browser: Callable[[], Http]
) -> None:
    older, younger = await make_twins(LOCAL)
    for lab in (older, younger):
        page = await browser().get(f"/labs/{lab.pk}/twins/")
        assert page.status_code == 200
        boot = BOOT.search(page.content.decode())
        assert boot is not None
        assert json.loads(boot[1])["labs"] == [str(older.pk), str(younger.pk)]


async def test_a_lab_without_a_twin_has_no_such_page(
    site: Site, browser: Callable[[], Http]
) -> None:
    alone = await make_lab(LOCAL, 5)
    for lab in (alone.pk, uuid.uuid4()):
        assert (await browser().get(f"/labs/{lab}/twins/")).status_code == 404


async def test_twins_of_somebody_else_do_not_exist(site: Site, browser: Callable[[], Http]) -> None:
    older, _ = await make_twins("somebody")
    assert (await browser().get(f"/labs/{older.pk}/twins/")).status_code == 404
