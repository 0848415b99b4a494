"""The story of a run in a real browser: saved, looked back at, shared, taken elsewhere, proved."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.bench.site import Site
from tests.pages.axe import findings
from tests.pages.test_story import happened, inspector, instance
from tests.web.kept import file_of

PROVED_WITHIN_MS = 60_000


def test_a_learner_saves_a_run_and_looks_back_at_the_crash(
    faultline: Site, page: Page, browser: Browser, tmp_path: Path
) -> None:
    crash_catalog(faultline, page)
    save(page, "The crash of catalog-1")
    scrub_back_to_the_crash(page)
    nothing_can_be_changed(page)
    open_a_request(page)
    link = share(page)
    another_browser_may_only_look(browser, link)
    export_and_import(faultline, page, tmp_path)
    delete(page)


def test_a_virtual_run_is_proved_to_be_the_same_to_the_byte(
    faultline: Site, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{faultline.url}/runs/")
    take_in(page, tmp_path, file_of("pair", "A pair"))
    row(page, "A pair").get_by_role("link", name="Open").click()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("The same to the byte.")).to_be_visible(timeout=PROVED_WITHIN_MS)
    assert findings(page) == []
    play_to_the_end(page)
    run_again(page)
    save(page, "A pair again")
    expect(page.get_by_text("The very same happened in A pair.")).to_be_visible()


def test_a_file_that_is_no_run_is_refused_in_words(
    faultline: Site, browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_page()  # of its own: the browser logs the refusal as an error
    page.goto(f"{faultline.url}/runs/")
    file = tmp_path / "cat.run"
    file.write_bytes(b"no run at all")
    expect(chooser(page)).to_be_attached()
    chooser(page).set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("cat.run was not imported. This is no gzip")
    assert findings(page) == []
    page.close()


def crash_catalog(faultline: Site, page: Page) -> None:
    page.goto(f"{faultline.url}/lab/")
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("up, process"))
    while page.get_by_role("button", name="Got it").is_visible():
        page.get_by_role("button", name="Got it").click()
    instance(page, "catalog-1").click()
    inspector(page).get_by_role("button", name="Crash catalog-1").click()
    happened(page, "catalog-1", "killed by SIGKILL")
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("up, process"))


def save(page: Page, title: str) -> None:
    page.get_by_role("button", name="Save run").click()
    question = page.get_by_role("dialog", name="Save this run")
    question.get_by_label("Title").fill(title)
    assert findings(page) == []
    question.get_by_role("button", name="Save").click()
    page.get_by_role("dialog", name="Saved").get_by_role("link", name="Open the run").click()
    expect(page.get_by_role("heading", name=title).first).to_be_visible()
    assert findings(page) == []


def scrub_back_to_the_crash(page: Page) -> None:
    page.get_by_role("button", name=re.compile("crash catalog-1")).click()
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("down"))
    assert findings(page) == []
    page.get_by_role("slider", name="Moment").press("Home")
    expect(instance(page, "catalog-1")).to_have_accessible_name(re.compile("not started yet"))


def nothing_can_be_changed(page: Page) -> None:
    instance(page, "catalog-2").click()
    crash = inspector(page).get_by_role("button", name="Crash catalog-2")
    expect(crash).to_be_disabled()
    expect(inspector(page)).to_contain_text("This is a record")
    assert findings(page) == []
    page.keyboard.press("Escape")


def open_a_request(page: Page) -> None:
    page.get_by_role("slider", name="Moment").press("PageUp")
    page.get_by_role("tab", name="Requests").click()
    requests = page.get_by_role("region", name="Kept requests")
    requests.get_by_role("listitem").last.get_by_role("button").click()
    expect(page.get_by_role("tree", name="Steps of the request")).to_contain_text("user asks")
    assert findings(page) == []
    page.get_by_role("tab", name="Events").click()


def share(page: Page) -> str:
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".share-link code")
    expect(link).to_contain_text("?key=")
    assert findings(page) == []
    return str(link.text_content())


def another_browser_may_only_look(browser: Browser, link: str) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("shared with you, to be looked at")).to_be_visible()
    expect(instance(page, "catalog-1")).to_be_visible()
    expect(page.get_by_role("button", name="Stop sharing")).to_have_count(0)
    assert findings(page) == []
    page.goto(link.partition("?")[0])
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    context.close()


def export_and_import(faultline: Site, page: Page, folder: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename == "toyshop-The-crash-of-catalog-1.run"
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    page.goto(f"{faultline.url}/runs/")
    take_in(page, folder, file.read_bytes(), count=2)


def take_in(page: Page, folder: Path, content: bytes, count: int | None = None) -> None:
    file = folder / "taken.run"
    file.write_bytes(content)
    expect(chooser(page)).to_be_attached()
    chooser(page).set_input_files(file)
    rows = page.get_by_role("list", name=re.compile("Your runs")).get_by_role("listitem")
    if count is None:
        expect(rows.first).to_be_visible()
    else:
        expect(rows).to_have_count(count)
    assert findings(page) == []


def delete(page: Page) -> None:
    rows = page.get_by_role("list", name=re.compile("Your runs")).get_by_role("listitem")
    before = rows.count()
    rows.first.get_by_role("button", name="Delete").click()
    assert findings(page) == []
    rows.first.get_by_role("button", name="Delete for good").click()
    expect(rows).to_have_count(before - 1)


def play_to_the_end(page: Page) -> None:
    page.get_by_role("combobox", name="Speed").select_option(label="8×")
    page.get_by_role("button", name="Play", exact=True).click()
    moment = page.get_by_role("slider", name="Moment")
    expect(moment).to_have_attribute("aria-valuetext", "0:04.0")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def run_again(page: Page) -> None:
    page.get_by_role("button", name="Run again").click()
    page.wait_for_url(re.compile("/labs/"))
    expect(page.get_by_text("virtual, paused").first).to_be_visible()
    expect(page.get_by_role("slider", name="Moment")).to_have_attribute(
        "aria-valuetext", re.compile("0:0[34]")
    )
    while page.get_by_role("button", name="Got it").is_visible():
        page.get_by_role("button", name="Got it").click()


def chooser(page: Page) -> Locator:
    return page.locator("input[type=file]")


def row(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=title)
