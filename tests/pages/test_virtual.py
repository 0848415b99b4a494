"""Virtual time in a real browser, on a real site with a real player: steer, look back, branch."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bench.site import Site, until
from tests.pages.axe import findings

FAST = "as fast as it goes"


@pytest.fixture
def lab(faultline: Site) -> Iterator[str]:
    """A virtual toyshop; its branches and twins end with it."""
    before = labs_of(faultline)
    yield str(faultline.ask("POST", "/labs", {"scenario": "toyshop", "body": "virtual"})["id"])
    for one in labs_of(faultline) - before:
        faultline.ask("DELETE", f"/labs/{one}")


@pytest.fixture
def shop(faultline: Site, lab: str, page: Page) -> Page:
    """The page of the virtual lab, playing."""
    page.add_init_script("localStorage.setItem('faultline.coached', 'try curve keys')")
    page.goto(f"{faultline.url}/labs/{lab}/")
    expect(sign(page)).to_have_text("virtual 1×")
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile(", up"))
    return page


def test_home_offers_real_processes_and_virtual_time(faultline: Site, page: Page) -> None:
    before = labs_of(faultline)
    page.goto(faultline.url)
    expect(page.get_by_role("radio", name=re.compile("Real processes"))).to_be_checked()
    page.get_by_role("radio", name=re.compile("Virtual time")).check()
    assert findings(page) == []
    page.get_by_role("button", name="Start One caller, one callee").click()
    expect(sign(page)).to_have_text("virtual 1×")
    for one in labs_of(faultline) - before:
        faultline.ask("DELETE", f"/labs/{one}")


def test_time_is_paused_stepped_and_sped_up_by_keyboard(
    faultline: Site, lab: str, shop: Page
) -> None:
    shop.keyboard.press("Space")
    expect(sign(shop)).to_have_text("virtual, paused")
    until(lambda: pace(faultline, lab)["paused"], 5.0)
    expect(shop.get_by_text("The line to the lab was lost")).to_be_hidden()
    before_t = time_of(faultline, lab)
    shop.keyboard.press(",")
    until(lambda: time_of(faultline, lab) > before_t, 5.0)
    assert time_of(faultline, lab) < before_t + 0.2
    for word in ("virtual 2×", "virtual 4×"):
        shop.keyboard.press(">")
        shop.keyboard.press("Space") if word == "virtual 2×" else None
        expect(sign(shop)).to_have_text(word)
    assert pace(faultline, lab)["speed"] == 4
    shop.get_by_label("Speed").select_option(FAST)
    expect(sign(shop)).to_have_text("virtual at full speed")
    expect(shop.locator(".speed-reached")).to_have_text(re.compile(r"\d×"))
    assert findings(shop) == []
    shop.keyboard.press("?")
    expect(shop.get_by_role("dialog", name="Keyboard")).to_contain_text("on to the next event")
    assert findings(shop) == []


def test_what_stands_still_is_neither_old_nor_lost(faultline: Site, lab: str, shop: Page) -> None:
    shop.keyboard.press("Space")
    until(lambda: pace(faultline, lab)["paused"], 5.0)
    before_t, paused_ms = time_of(faultline, lab), shop.evaluate("performance.now()")
    until(lambda: shop.evaluate("performance.now()") > paused_ms + 4000, 20.0)
    expect(sign(shop)).to_have_text("virtual, paused")
    expect(shop.locator("[data-stale]")).to_have_count(0)
    expect(shop.locator(".lab")).to_have_attribute("data-connection", "live")
    assert time_of(faultline, lab) == before_t


def test_a_learner_crashes_looks_back_branches_and_compares(
    faultline: Site, lab: str, shop: Page
) -> None:
    until(lambda: time_of(faultline, lab) > 3.0, 10.0)
    instance(shop, "catalog-1").click()
    side(shop).get_by_role("button", name="Crash catalog-1").click()
    expect(instance(shop, "catalog-1")).to_have_accessible_name(re.compile(", down"))
    shop.keyboard.press("Escape")
    shop.keyboard.press("Space")
    expect(sign(shop)).to_have_text("virtual, paused")
    look_back(shop)
    the_past_cannot_be_changed(shop)
    replay_up_to_now(faultline, lab, shop)
    look_back(shop)
    branch(faultline, lab, shop)
    compare(shop)


def look_back(page: Page) -> None:
    moment = page.get_by_role("slider", name="Moment")
    moment.focus()
    for _ in range(20):
        if re.search(", up", instance(page, "catalog-1").get_attribute("aria-label") or ""):
            break
        before = moment.get_attribute("aria-valuenow")
        page.keyboard.press("ArrowLeft")
        expect(moment).not_to_have_attribute("aria-valuenow", str(before))
        expect(page.locator(".playback-play")).not_to_have_attribute("aria-busy", "true")
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile(", up"))
    expect(page.locator(".past-sign")).to_contain_text("You are looking at")
    expect(sign(page)).to_have_text(re.compile(r"^past \d:\d\d"))
    assert findings(page) == []


def the_past_cannot_be_changed(page: Page) -> None:
    instance(page, "catalog-2").click()
    side(page).get_by_role("button", name="Crash catalog-2").click()
    expect(side(page).locator(".note-words")).to_contain_text("cannot be changed")


def replay_up_to_now(faultline: Site, lab: str, page: Page) -> None:
    page.get_by_role("button", name="Play", exact=True).click()
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile(", down"))
    expect(page.locator(".past-sign")).to_be_hidden()
    until(lambda: not pace(faultline, lab)["paused"], 5.0)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(sign(page)).to_have_text("virtual, paused")


def branch(faultline: Site, lab: str, page: Page) -> None:
    page.get_by_role("button", name="Branch from here").click()
    page.wait_for_url(re.compile("/twins/$"))
    (other,) = {faultline.ask("GET", f"/labs/{lab}")["twin"]}
    assert faultline.ask("GET", f"/labs/{other}")["body"] == "virtual"
    for letter in "AB":
        expect(
            twin(page, letter).get_by_role("group", name=f"Topology of {letter}")
        ).to_be_visible()
        expect(instance(twin(page, letter), "catalog-1")).to_have_accessible_name(
            re.compile(", up")
        )
    assert findings(page) == []


def compare(page: Page) -> None:
    expect(page.get_by_text("A and B are the same so far")).to_be_visible()
    instance(twin(page, "B"), "catalog-2").click()
    expect(side(page)).to_contain_text("What you do here, you do to B")
    side(page).get_by_role("button", name="Freeze catalog-2").click()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(instance(twin(page, "B"), "catalog-2")).to_have_accessible_name(re.compile("frozen"))
    expect(instance(twin(page, "A"), "catalog-1")).to_have_accessible_name(re.compile(", down"))
    differences = page.get_by_role("table", name="What differs between A and B")
    expect(differences.get_by_role("row", name=re.compile("catalog-2"))).to_be_visible()
    expect(twin(page, "B").get_by_role("heading")).to_contain_text("freeze catalog-2")
    numbers = page.get_by_role("table", name=re.compile("The last ten seconds of A and B"))
    expect(numbers.get_by_role("row", name=re.compile(r"^p95 \d.* \d"))).to_be_visible()
    expect(page.get_by_role("region", name="Served").locator("canvas")).to_be_visible()
    assert findings(page) == []


def test_a_twin_is_made_with_one_thing_changed(faultline: Site, lab: str, shop: Page) -> None:
    shop.get_by_role("button", name="Make a twin").click()
    question = shop.get_by_role("dialog", name="Make a twin?")
    change = question.get_by_label("In B")
    change.select_option(label="Circuit breaker on, checkout → payments")
    assert findings(shop) == []
    question.get_by_role("button", name="Make the twin").click()
    shop.wait_for_url(re.compile("/twins/$"))
    expect(twin(shop, "A").get_by_role("heading")).to_have_text("circuit breaker off")
    expect(twin(shop, "B").get_by_role("heading")).to_have_text("circuit breaker on")
    other = str(faultline.ask("GET", f"/labs/{lab}")["twin"])
    until(lambda: abs(time_of(faultline, lab) - time_of(faultline, other)) < 0.3, 10.0)
    shop.keyboard.press("Space")
    for one in (lab, other):
        until(lambda one=one: pace(faultline, one)["paused"], 5.0)  # type: ignore[misc]
    shop.keyboard.press("1")
    expect(side(shop)).to_contain_text("What you do here, you do to A")
    for width, height in ((1024, 768), (390, 844)):
        shop.set_viewport_size({"width": width, "height": height})
        expect(shop.get_by_role("region", name="Served").locator("canvas")).to_be_visible()
        assert shop.evaluate("document.documentElement.scrollWidth") == width
        assert findings(shop) == []


def labs_of(site: Site) -> set[str]:
    return {str(one["id"]) for one in site.ask("GET", "/labs")["labs"]}


def pace(site: Site, lab: str) -> dict[str, object]:
    found: dict[str, object] = site.ask("GET", f"/labs/{lab}/pace")
    return found


def time_of(site: Site, lab: str) -> float:
    return float(site.ask("GET", f"/labs/{lab}")["t"])


def sign(page: Page) -> Locator:
    return page.locator(".top-bar .live")


def twin(page: Page, letter: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^Twin {letter}"))


def instance(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=re.compile(rf"instance {name},"))


def side(page: Page) -> Locator:
    return page.get_by_role("complementary").last
