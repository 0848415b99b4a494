"""The story of the live lab, played in a real browser on a real cluster."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.bench.site import Site, until
from tests.pages.axe import findings

DEPENDENCY = "checkout:payments"


def test_a_learner_breaks_protects_and_heals_the_shop(faultline: Site, page: Page) -> None:
    lab = open_the_lab(faultline, page)
    kill_by_mouse(page)
    kill_by_keyboard(page)
    freeze_payments(page)
    protect_checkout(page)
    heal_payments(page)
    reorder_the_chain(faultline, lab, page)
    reset(faultline, lab, page)


def test_the_pages_obey_their_own_content_policy(faultline: Site, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in ("/", "/lab/"):
        page.goto(f"{faultline.url}{path}")
        page.wait_for_load_state("networkidle") if path == "/" else expect(
            instance(page, "catalog-1")
        ).to_have_accessible_name(re.compile("up, process"))
    assert said == []


def open_the_lab(faultline: Site, page: Page) -> str:
    page.goto(faultline.url)
    assert findings(page) == []
    page.get_by_role("link", name="Open the lab").or_(
        page.get_by_role("button", name="Open the lab")
    ).first.click()
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("up, process"))
    expect(page.get_by_text("served, last 10 s")).to_be_visible()
    expect(
        page.get_by_role("button", name=re.compile(r"^Users asking [\d.]+.s served 100.%"))
    ).to_be_visible()
    assert findings(page) == []
    while page.get_by_role("button", name="Got it").is_visible():
        page.get_by_role("button", name="Got it").click()
    return page.url.rstrip("/").rpartition("/")[2]


def kill_by_mouse(page: Page) -> None:
    before = instance(page, "catalog-1").get_attribute("aria-label")
    instance(page, "catalog-1").click()
    inspector(page).get_by_role("button", name="Crash catalog-1").click()
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("down"))
    happened(page, "catalog-1", "killed by SIGKILL")
    happened(page, "out of the balance of gateway-1")
    assert findings(page) == []
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("up, process"))
    happened(page, "back in the balance of gateway-1")
    assert instance(page, "catalog-1").get_attribute("aria-label") != before


def kill_by_keyboard(page: Page) -> None:
    instance(page, "catalog-2").focus()
    page.keyboard.press("Enter")
    expect(inspector(page).get_by_role("heading", name="catalog-2")).to_be_visible()
    crash = inspector(page).get_by_role("button", name="Crash catalog-2")
    for _ in range(80):
        if crash.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(instance(page, "catalog-2")).to_have_accessible_name(re.compile("down"))
    expect(instance(page, "catalog-2")).to_have_accessible_name(re.compile("up, process"))


def freeze_payments(page: Page) -> None:
    instance(page, "payments-1").click()
    inspector(page).get_by_role("button", name="Freeze payments-1").click()
    expect(instance(page, "payments-1")).to_have_accessible_name(re.compile("frozen|hung"))
    calls = page.get_by_role("button", name=re.compile("calls from checkout .* to payments"))
    expect(calls.first).to_have_accessible_name(re.compile("timed out|failed"))
    assert findings(page) == []


def protect_checkout(page: Page) -> None:
    page.get_by_role("button", name=re.compile("calls from checkout .* to payments")).first.focus()
    page.keyboard.press("Enter")
    inspector(page).get_by_role("tab", name="Patterns").click()
    inspector(page).get_by_role("switch", name="Timeout of each attempt").click()
    inspector(page).get_by_role("switch", name="Circuit breaker").click()
    happened(page, re.compile(r"breaker open: \d+ of \d+ calls failed \(threshold 50 %\)"))
    inspector(page).get_by_role("tab", name="Now").click()
    expect(inspector(page)).to_contain_text(re.compile("open", re.IGNORECASE))
    assert findings(page) == []


def heal_payments(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Heal.*payments-1")).first.click()
    expect(instance(page, "payments-1")).to_have_accessible_name(re.compile("up, process"))
    happened(page, "breaker half-open")
    happened(page, "breaker closed")
    assert findings(page) == []


def reorder_the_chain(faultline: Site, lab: str, page: Page) -> None:
    before = order(faultline, lab)
    inspector(page).get_by_role("tab", name="Patterns").click()
    move = inspector(page).get_by_role("button", name="Move Circuit breaker outwards")
    move.focus()
    page.keyboard.press("Enter")
    moved = [*before]
    place = moved.index("breaker")
    moved[place - 1], moved[place] = moved[place], moved[place - 1]
    until(lambda: order(faultline, lab) == moved, 5.0)
    assert findings(page) == []


def reset(faultline: Site, lab: str, page: Page) -> None:
    page.get_by_role("button", name="Reset").first.click()
    question = page.get_by_role("dialog", name="Reset the lab?")
    expect(question).to_contain_text("This would undo")
    question.get_by_role("button", name="Reset").click()
    happened(page, "everything is as authored again")
    state = faultline.ask("GET", f"/labs/{lab}")
    assert state["faults"] == []
    for dependency in state["dependencies"]:
        assert dependency["chain"] == dependency["authored"]
    assert findings(page) == []


def instance(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"instance {name},"))


def inspector(page: Page) -> Locator:
    return page.get_by_role("complementary").last


def happened(page: Page, *words: "str | re.Pattern[str]") -> None:
    """Wait until the list of events says so."""
    events = page.get_by_role("list", name="Events, newest first").get_by_role("listitem")
    for each in words:
        events = events.filter(has_text=each)
    expect(events.first).to_be_visible()


def order(faultline: Site, lab: str) -> list[str]:
    path = f"/labs/{lab}/dependencies/{DEPENDENCY}/chain"
    chain = faultline.ask("GET", path)
    return [layer["pattern"] for layer in (chain if isinstance(chain, list) else chain["chain"])]
