"""Asks axe, the accessibility checker, what it finds on a page as it stands."""

from playwright.sync_api import Page

from tests.house.sites import ROOT

SOURCE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page) -> list[str]:
    """Return every violation as its rule and the elements concerned; empty is what we want."""
    page.evaluate(SOURCE)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['html'][:160]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]
