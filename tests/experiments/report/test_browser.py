"""The report opens in a real browser without a network: no request, no complaint, every picture there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kortrijk_sim.experiments.report.page import Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_report_opens_offline_and_asks_nobody_for_anything(
    pages: dict[str, Page], tmp_path: Path, language: str
) -> None:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium or Chrome on this machine")
    file = tmp_path / "report.html"
    file.write_text(pages[language].html, encoding="utf-8")
    asked: list[str] = []
    wrong: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: wrong.append(request.url[:100]))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(file.as_uri())
        sizes = page.eval_on_selector_all("img", "all => all.map(i => [i.complete, i.naturalWidth, i.clientWidth])")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        page.set_viewport_size({"width": 400, "height": 800})
        narrow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        printed = page.pdf(format="A4")
        browser.close()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert not wrong
    assert len(sizes) == len(pages[language].charts)
    assert all(complete and natural > 0 and shown > 100 for complete, natural, shown in sizes)
    assert wide == 0 and narrow == 0, "the page is wider than the window"
    assert printed.startswith(b"%PDF")
