"""The inspector, the request list and the tables, in a real browser on a real cluster."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.site import Site, until
from tests.pages.axe import findings

DEPENDENCY = "checkout:payments"


@pytest.fixture
def lab(faultline: Site) -> Iterator[str]:
    lab = str(faultline.ask("POST", "/labs", {"scenario": "toyshop"})["id"])
    yield lab
    faultline.ask("DELETE", f"/labs/{lab}")


@pytest.fixture
def shop(faultline: Site, lab: str, page: Page) -> Page:
    """The lab's page with payments-1 selected by the inspector's own suggestion."""
    page.add_init_script("localStorage.setItem('faultline.coached', 'try curve keys')")
    page.goto(f"{faultline.url}/labs/{lab}/")
    side(page).get_by_role("button", name="payments-1").click()
    expect(side(page).get_by_role("heading", name="payments-1")).to_be_visible()
    return page


def test_a_fault_is_acknowledged_counts_down_and_is_healed(shop: Page) -> None:
    side(shop).get_by_label("Lasts").select_option("60 s")
    side(shop).get_by_role("button", name="Freeze payments-1", exact=True).click()
    expect(note(shop)).to_contain_text("payments-1 obeyed")
    fault = side(shop).get_by_role("region", name="Faults on payments-1")
    expect(fault).to_contain_text(re.compile(r"5\d\.\d s left"))
    side(shop).get_by_role("button", name="Undo").click()
    expect(fault).to_be_hidden()
    expect(note(shop)).to_contain_text("Taken back")


def test_a_refused_fault_says_why_at_its_field(shop: Page) -> None:
    side(shop).get_by_role("button", name="Settings for payments-1: Slow", exact=True).click()
    mean = side(shop).get_by_role("spinbutton", name="Mean")
    mean.fill("9999")
    mean.press("Tab")
    side(shop).get_by_role("button", name="Slow down payments-1").last.click()
    expect(mean).to_have_attribute("aria-invalid", "true")
    expect(mean).to_have_accessible_description(re.compile("9999"))
    assert findings(shop) == []


def test_a_layer_is_dragged_and_taken_back(faultline: Site, lab: str, shop: Page) -> None:
    before = order(faultline, lab)
    tab(shop, "Patterns")
    handle = shop.locator("#layer-fallback .layer-handle").bounding_box()
    below = shop.locator(f"#layer-{before[1]}").bounding_box()
    assert handle
    assert below
    x, y = handle["x"] + 5, handle["y"] + handle["height"] / 2
    shop.mouse.move(x, y)
    shop.mouse.down()
    shop.mouse.move(x, y + 10)
    shop.mouse.move(x, below["y"] + below["height"])
    shop.mouse.up()
    dragged = [before[1], before[0], *before[2:]]
    until(lambda: order(faultline, lab) == dragged, 5.0)
    expect(note(shop)).to_contain_text("moved to place 2")
    side(shop).get_by_role("button", name="Undo").click()
    until(lambda: order(faultline, lab) == before, 5.0)


def test_the_keyboard_moves_a_layer_keeps_the_focus_and_says_so(
    faultline: Site, lab: str, shop: Page
) -> None:
    before = order(faultline, lab)
    tab(shop, "Patterns")
    shop.locator("#layer-retry .layer-open").focus()
    shop.keyboard.press("Alt+ArrowUp")
    place = before.index("retry")
    moved = [*before]
    moved[place - 1], moved[place] = moved[place], moved[place - 1]
    until(lambda: order(faultline, lab) == moved, 5.0)
    expect(shop.locator("#layer-retry .layer-open")).to_be_focused()
    said = side(shop).get_by_role("status").filter(has_text=f"Retry is now {place} of")
    expect(said).to_have_count(1)


def test_a_refused_setting_returns_to_what_holds(faultline: Site, lab: str, shop: Page) -> None:
    tab(shop, "Patterns")
    shop.locator("#layer-retry .layer-open").click()
    attempts = side(shop).get_by_role("spinbutton", name="Attempts")
    attempts.fill("99")
    attempts.press("Tab")
    expect(attempts).to_have_accessible_description(re.compile("99"))
    expect(attempts).to_have_value("3")
    attempts.press("ArrowUp")
    expect(attempts).to_have_value("4")
    until(lambda: settings(faultline, lab, "retry")["attempts"] == 4, 5.0)
    expect(attempts).not_to_have_attribute("aria-invalid", "true")
    expect(shop.locator("#layer-retry .changed")).to_contain_text("attempts")


def test_the_breaker_shows_its_window_its_threshold_and_what_comes_next(
    faultline: Site, lab: str, shop: Page
) -> None:
    tab(shop, "Patterns")
    for name in ("Circuit breaker", "Timeout of each attempt"):
        side(shop).get_by_role("switch", name=name).click()
    tab(shop, "Now")
    tile = side(shop).get_by_role("region", name="Circuit breaker of checkout-1")
    expect(tile).to_contain_text("opens after")
    faultline.ask("POST", f"/labs/{lab}/faults", {"kind": "hang", "target": "payments-1"})
    expect(tile).to_have_attribute("data-state", "open")
    expect(tile).to_contain_text(re.compile(r"\d of \d+ calls failed"))
    expect(tile).to_contain_text(re.compile(r"next probe in \d\.\d s"))
    expect(tile.get_by_role("meter", name="Failed, opens at 50 %")).to_be_visible()
    expect(tile).to_have_attribute("data-state", "half_open")
    expect(tile).to_contain_text(re.compile("sent, . back"))
    tab(shop, "Code")
    expect(side(shop)).to_contain_text(re.compile("Now .*checkout-1 → payments"))
    assert findings(shop) == []


def test_the_process_is_real_its_curl_its_pid_and_its_log(
    faultline: Site, lab: str, shop: Page
) -> None:
    tab(shop, "Now")
    state = faultline.ask("GET", f"/labs/{lab}")
    process = next(one for one in state["instances"] if one["name"] == "payments-1")
    expect(side(shop)).to_contain_text(f"kill -9 {process['pid']}")
    expect(side(shop)).to_contain_text(f"curl -i http://127.0.0.1:{process['port']}/")
    log = side(shop).get_by_role("region", name="Last log lines of payments-1")
    log.scroll_into_view_if_needed()
    expect(log).to_contain_text(str(process["port"]))


def test_a_service_is_resized_and_its_queue_loses_its_bound(
    faultline: Site, lab: str, shop: Page
) -> None:
    side(shop).get_by_role("button", name="all of payments").click()
    tab(shop, "Patterns")
    side(shop).get_by_label("Patterns of").select_option("payments")
    side(shop).get_by_role("switch", name="The queue has a bound").click()
    until(lambda: service(faultline, lab)["queue"] is None, 5.0)
    capacity = side(shop).get_by_role("spinbutton", name="Capacity")
    capacity.fill("3")
    capacity.press("Enter")
    until(lambda: service(faultline, lab)["capacity"] == 3, 5.0)
    assert findings(shop) == []


def test_a_failed_request_opens_as_a_waterfall_that_names_the_rule(
    faultline: Site, lab: str, shop: Page
) -> None:
    fault = {"kind": "errors", "target": "payments", "params": {"ratio": 1.0}}
    faultline.ask("POST", f"/labs/{lab}/faults", fault)
    shop.get_by_role("tab", name="Requests").click()
    requests = shop.get_by_role("region", name="Kept requests")
    show = requests.get_by_role("group", name="Show only")
    show.get_by_role("button", name="failed").click()
    requests.get_by_role("listitem").filter(has_text="failed").first.get_by_role("button").click()
    steps = requests.get_by_role("tree", name="Steps of the request")
    expect(steps.get_by_role("treeitem", name=re.compile("serves payments-1"))).to_be_visible()
    steps.get_by_role("treeitem").first.focus()
    shop.keyboard.press("ArrowDown")
    expect(steps.get_by_role("treeitem").nth(1)).to_be_focused()
    expect(requests.get_by_text("step", exact=True)).to_be_visible()
    assert findings(shop) == []


def test_the_tables_tell_everything_and_act(shop: Page) -> None:
    shop.keyboard.press("t")
    tables = shop.get_by_role("region", name="Everything as tables")
    expect(tables.get_by_role("row", name=re.compile("^payments payments-1 b up"))).to_be_visible()
    tables.get_by_role("button", name="Freeze payments-1").click()
    expect(tables.get_by_role("row", name=re.compile("^Freeze payments-1 active"))).to_be_visible()
    expect(tables.get_by_role("row", name=re.compile("payments-1 b frozen"))).to_be_visible()
    assert findings(shop) == []
    tables.get_by_role("button", name="Heal payments-1: Freeze").first.click()
    expect(tables).to_contain_text("Nothing is broken on purpose.")


def test_on_a_phone_one_thing_is_controlled_in_a_sheet(
    faultline: Site, lab: str, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    phone.add_init_script("localStorage.setItem('faultline.coached', 'try curve keys')")
    phone.goto(f"{faultline.url}/labs/{lab}/")
    phone.get_by_role("button", name=re.compile("^payments-1")).tap()
    side(phone).get_by_role("tab", name="Patterns").tap()
    side(phone).get_by_role("switch", name="Circuit breaker").tap()
    expect(note(phone)).to_contain_text("Circuit breaker is on")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert findings(phone) == []
    context.close()


def test_all_values_of_a_hidden_tab_rest(shop: Page) -> None:
    """Nothing of the Now tab is left in the page once another tab is shown."""
    tab(shop, "Now")
    expect(shop.locator(".side .share").first).to_be_visible()
    tab(shop, "Faults")
    expect(shop.locator(".side .share")).to_have_count(0)


def side(page: Page) -> Locator:
    return page.get_by_role("complementary").last


def tab(page: Page, name: str) -> None:
    side(page).get_by_role("tab", name=name).click()


def note(page: Page) -> Locator:
    return side(page).locator(".note-words")


def chain(faultline: Site, lab: str) -> list[dict[str, object]]:
    found = faultline.ask("GET", f"/labs/{lab}/dependencies/{DEPENDENCY}/chain")
    layers: list[dict[str, object]] = found if isinstance(found, list) else found["chain"]
    return layers


def order(faultline: Site, lab: str) -> list[object]:
    return [layer["pattern"] for layer in chain(faultline, lab)]


def settings(faultline: Site, lab: str, pattern: str) -> dict[str, object]:
    return next(layer for layer in chain(faultline, lab) if layer["pattern"] == pattern)


def service(faultline: Site, lab: str) -> dict[str, object]:
    state = faultline.ask("GET", f"/labs/{lab}")
    found: dict[str, object] = next(one for one in state["services"] if one["name"] == "payments")
    return found
