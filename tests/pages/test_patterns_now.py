"""Patterns at work, as the inspector's Now draws them, on a virtual lab that makes them work."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.bench.site import Site
from tests.pages.axe import findings

Chain = list[dict[str, Any]]

REPEATS: Chain = [
    {"pattern": "retry", "only_safe": False, "attempts": 3, "budget_ratio": 0.1},
    {"pattern": "breaker", "enabled": False},
    {"pattern": "attempt_timeout", "limit_s": 0.05},
]
READS: Chain = [
    {"pattern": "cache", "ttl_s": 0.1, "stale_while_s": 0.1},
    {"pattern": "throttle"},
    {"pattern": "rate_limit", "rate_per_s": 20, "burst": 10},
    {"pattern": "hedge", "delay": "fixed", "delay_s": 0.01},
    {"pattern": "outlier", "consecutive": 3, "base_s": 30.0},
    {"pattern": "balance", "kind": "ewma"},
]
GUARDS = {
    "codel": {"enabled": True, "target_s": 0.005, "interval_s": 0.1},
    "shedding": {"enabled": True},
    "deadline_drop": {"enabled": True},
    "brownout": {"enabled": True, "target_s": 0.01},
    "admission": {"enabled": True},
    "queue_order": {"order": "adaptive"},
    "cancellation": {"enabled": False},
    "ledger": {"enabled": True},
}


@pytest.fixture
def lab(faultline: Site) -> Iterator[str]:
    lab = str(faultline.ask("POST", "/labs", {"scenario": "toyshop", "body": "virtual"})["id"])
    yield lab
    faultline.ask("DELETE", f"/labs/{lab}")


@pytest.fixture
def open_page(faultline: Site, lab: str, page: Page) -> Page:
    page.add_init_script("localStorage.setItem('faultline.coached', 'try curve keys')")
    page.goto(f"{faultline.url}/labs/{lab}/")
    return page


def test_a_retry_shows_its_waits_and_its_budget_running_low(
    faultline: Site, lab: str, open_page: Page
) -> None:
    rechain(faultline, lab, "checkout:payments", REPEATS)
    look_at(open_page, "checkout-1", "Now")
    retry = tile(open_page, "Retry of checkout-1")
    expect(retry).to_contain_text(re.compile(r"1\d?\.0 of 10 tokens"))
    hang(faultline, lab, "payments-1")
    expect(retry).to_contain_text(re.compile(r"after 1 *waited \d+ ms"))
    expect(retry.locator("[data-tone=low]").first).to_contain_text("tokens")
    expect(retry.get_by_role("meter", name="Budget")).to_have_attribute(
        "aria-valuetext", re.compile(r"[0-5]\.\d of 10 tokens")
    )
    expect(retry).to_contain_text(re.compile(r"over budget *[1-9]"))
    assert findings(open_page) == []


def test_what_is_read_shows_where_its_answers_come_from_and_who_won(
    faultline: Site, lab: str, open_page: Page
) -> None:
    rechain(faultline, lab, "gateway:catalog", READS)
    look_at(open_page, "gateway-1", "Now")
    cache = tile(open_page, "Cache of gateway-1")
    expect(cache).to_contain_text(re.compile(r"\d+ % fresh"))
    expect(cache).to_contain_text(re.compile(r"missed *[1-9]"))
    hedge = tile(open_page, "Hedge of gateway-1")
    expect(hedge).to_contain_text("Another is asked after 10 ms")
    expect(hedge).to_contain_text(re.compile(r"(won|called off) after [\d.]+ ms"))
    expect(tile(open_page, "Rate limit of gateway-1")).to_contain_text(
        re.compile(r"\d\.\d of 10, \+20/s")
    )
    expect(tile(open_page, "Client throttle of gateway-1")).to_contain_text("allowed")
    expect(tile(open_page, "Load balancing of gateway-1")).to_contain_text(
        re.compile(r"in flight, [\d.]+ ms")
    )
    fault = {"kind": "errors", "target": "catalog-1", "params": {"ratio": 1.0}}
    faultline.ask("POST", f"/labs/{lab}/faults", fault)
    outlier = tile(open_page, "Outlier ejection of gateway-1")
    expect(outlier).to_contain_text(re.compile(r"catalog-1.*out, back in \d+\.\d s"))
    assert findings(open_page) == []


def test_guards_show_what_they_judge_by_against_their_lines(
    faultline: Site, lab: str, open_page: Page
) -> None:
    change = {"capacity": 1, "guards": GUARDS}
    faultline.ask("PATCH", f"/labs/{lab}/services/catalog", change)
    look_at(open_page, "catalog-1", "Now")
    for name, words in {
        "CoDel": r"target 5 ms",
        "Shedding by priority": r"\d % full",
        "Deadline drop": r"Needed *[\d.]+ m?s",
        "Brownout": r"Dimmer *\d+ % are whole",
        "Admission": r"\d in flight of \d+",
        "Queue order": r"\d wait for 1 worker",
        "Cancellation": r"for somebody *[1-9]",
        "Ledger of writes": r"0 of 5000 answers kept",
    }.items():
        expect(tile(open_page, f"{name} of catalog-1")).to_contain_text(re.compile(words))
    dimmed = tile(open_page, "Brownout of catalog-1")
    expect(dimmed.get_by_role("meter", name="Dimmer")).to_have_attribute("aria-valuenow", "0")
    assert findings(open_page) == []


def test_suspicion_rises_as_a_curve_and_takes_the_silent_one_out(
    faultline: Site, lab: str, open_page: Page
) -> None:
    health = {"enabled": True, "detector": "phi", "interval_s": 0.2}
    faultline.ask("PATCH", f"/labs/{lab}/services/payments", {"health": health})
    look_at(open_page, "checkout-1", "Now")
    detector = tile(open_page, "Failure detector of checkout-1")
    expect(detector).to_contain_text(re.compile(r"payments-1 *in *\d+\.\d of 8"))
    hang(faultline, lab, "payments-1")
    expect(detector).to_contain_text(re.compile(r"payments-1 *out *(\d\d\.\d|99\+) of 8"))
    expect(detector.locator(".sparkline-curve")).to_have_attribute("d", re.compile("^M.*L"))


def test_writes_done_twice_are_an_alarm(faultline: Site, lab: str, open_page: Page) -> None:
    off = {"cancellation": {"enabled": False}}
    faultline.ask("PATCH", f"/labs/{lab}/services/payments", {"guards": off})
    look_at(open_page, "payments-1", "Now")
    writes = tile(open_page, "Writes of payments-1")
    expect(writes).to_contain_text(re.compile(r"none done twice *of [1-9]\d* writes"))
    impatient = [REPEATS[0], {"pattern": "attempt_timeout", "limit_s": 0.02}]
    rechain(faultline, lab, "checkout:payments", impatient)
    expect(writes).to_contain_text(re.compile(r"[1-9]\d* done twice"))
    expect(writes.locator(".writes")).to_have_attribute("data-tone", "alarm")
    assert findings(open_page) == []


def test_the_order_of_retry_and_breaker_decides_what_the_breaker_counts(
    faultline: Site, lab: str, open_page: Page
) -> None:
    chain = [*REPEATS[:1], {"pattern": "breaker", "failure_ratio": 1.0, "window_calls": 100,
                            "minimum_calls": 100}]  # fmt: skip
    chain[0] = {**chain[0], "budget_ratio": 0.0}
    rechain(faultline, lab, "checkout:payments", chain)
    fault = {"kind": "errors", "target": "payments-1", "params": {"ratio": 1.0}}
    faultline.ask("POST", f"/labs/{lab}/faults", fault)
    look_at(open_page, "payments-1", "Patterns")
    expect(open_page.locator("#layer-breaker")).to_contain_text("saw 3, 3 failures")
    expect(open_page.locator("#layer-retry")).to_contain_text("saw 1, 3 tries, 3 failures")
    side(open_page).get_by_role("button", name="breaker(retry(call))").click()
    expect(open_page.locator("#layer-breaker")).to_contain_text("saw 1, 1 failure")
    expect(side(open_page)).to_contain_text("Counted for /order")
    open_page.get_by_role("tab", name="Requests").click()
    requests = open_page.get_by_role("region", name="Kept requests").get_by_role("listitem")
    ripe = requests.filter(has_text="/order").filter(has_text="1 s ago")
    ripe.first.get_by_role("button").click()
    open_page.get_by_role("treeitem", name=re.compile("calls payments")).click()
    counted = open_page.get_by_role("table", name="What each layer counted, outermost first")
    expect(counted.get_by_role("row", name=re.compile("^Circuit breaker 1 1 1 "))).to_be_visible()
    expect(counted.get_by_role("row", name=re.compile("^Retry 1 3 3 "))).to_be_visible()
    assert findings(open_page) == []


def test_a_tile_out_of_sight_hears_of_no_frame(faultline: Site, lab: str, open_page: Page) -> None:
    rechain(faultline, lab, "gateway:catalog", [{"pattern": "retry"}, *READS])
    look_at(open_page, "gateway-1", "Now")
    expect(tile(open_page, "Retry of gateway-1")).to_contain_text("ok at once")
    changes = open_page.evaluate(
        """async () => {
          const tiles = [...document.querySelectorAll('.tile')];
          const seen = tiles.find((one) => one.dataset.pattern === 'retry');
          const hidden = tiles.at(-1);
          let ofHidden = 0;
          const all = { subtree: true, childList: true, attributes: true, characterData: true };
          new MutationObserver((found) => (ofHidden += found.length))
            .observe(hidden, all);
          await new Promise((resolve) => {
            let left = 20;
            new MutationObserver(() => (left -= 1) || resolve())
              .observe(seen, all);
          });
          return ofHidden;
        }"""
    )
    assert changes == 0


def rechain(faultline: Site, lab: str, dependency: str, chain: Chain) -> None:
    faultline.ask("PUT", f"/labs/{lab}/dependencies/{dependency}/chain", chain)


def hang(faultline: Site, lab: str, instance: str) -> None:
    faultline.ask("POST", f"/labs/{lab}/faults", {"kind": "hang", "target": instance})


def look_at(page: Page, instance: str, tab: str) -> None:
    page.locator("body").press("t")
    page.get_by_role("button", name=instance, exact=True).first.click()
    side(page).get_by_role("tab", name=tab, exact=True).click()


def tile(page: Page, name: str) -> Locator:
    """Bring the first tile of this name onto the screen: the others stand still."""
    found = side(page).get_by_role("region", name=name).first
    found.scroll_into_view_if_needed()
    return found


def side(page: Page) -> Locator:
    return page.locator(".inspector")
