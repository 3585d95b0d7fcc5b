"""Mesa's own page opens on the city, in a real browser and with no word to the outside world."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = playwright.expect

pytestmark = pytest.mark.browser

EXAMPLE = Path(__file__).parents[1] / "examples" / "solara_viz.py"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEAD_END = "http://127.0.0.1:9"  # stands where a proxy to the internet would
START_SECONDS = 60
PATIENCE_MS = 180_000  # the first month on a machine waits for the compilation of the rules


@dataclass
class Traffic:
    """What the pages asked for, and what went wrong."""

    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        page.on("response", lambda r: self.wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))


@pytest.fixture(scope="module")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="module")
def browser_path() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine")
    return found


@pytest.fixture(scope="module")
def address(browser_path: str, server_log: Path) -> Iterator[str]:
    """Start the example on a free port, with a dead end in the place of the internet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "solara", "run", str(EXAMPLE), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--production", "--no-open", "--no-check-version"]
    settings = os.environ | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False", "NO_PROXY": "127.0.0.1"}
    settings |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), DEAD_END)
    with server_log.open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=settings)
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", server, server_log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            straight.open(url, timeout=5).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{log.read_text()}")
            time.sleep(0.2)


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture(scope="module")
def visit(browser_path: str, address: str, traffic: Traffic) -> Iterator[Callable[[], Page]]:
    """Open the page as a new visitor and wait until the charts are there."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])

        def open_page() -> Page:
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.set_default_timeout(PATIENCE_MS)
            traffic.watch(page)
            page.goto(address)
            expect(page.get_by_text("January 2025")).to_be_visible(timeout=PATIENCE_MS)
            expect(page.locator(".vue-grid-item img")).to_have_count(2, timeout=PATIENCE_MS)
            return page

        yield open_page
        browser.close()


@pytest.fixture
def page(visit: Callable[[], Page]) -> Iterator[Page]:
    page = visit()
    yield page
    page.context.close()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def sees(page: Page, text: str) -> None:
    expect(page.get_by_text(text)).to_be_visible(timeout=PATIENCE_MS)


def inhabitants(page: Page) -> int:
    return int(page.get_by_text("inhabitants").inner_text().split(":")[1].split()[0].replace(",", ""))


def test_a_press_on_step_lets_a_month_pass_and_redraws_the_charts(page: Page) -> None:
    charts = page.locator(".vue-grid-item img").all()
    before = [str(chart.get_attribute("src")) for chart in charts]
    sees(page, "Time: 0.0")

    press(page, "Step")
    sees(page, "February 2025")
    sees(page, "Time: 1.0")
    for chart, old in zip(charts, before, strict=True):
        expect(chart).not_to_have_attribute("src", old)


def test_reset_brings_january_2025_back(page: Page) -> None:
    press(page, "Step")
    sees(page, "February 2025")
    press(page, "Step")
    sees(page, "March 2025")

    press(page, "Reset")
    sees(page, "January 2025")
    press(page, "Step")
    sees(page, "February 2025")


def test_a_larger_share_of_the_city_has_more_inhabitants(page: Page) -> None:
    tenth = inhabitants(page)
    page.get_by_role("slider", name="Share of the city").press("ArrowRight")
    press(page, "Reset")
    calendar = page.get_by_text("January 2025")
    expect(calendar).not_to_have_text(f"January 2025: {tenth:,} inhabitants", timeout=PATIENCE_MS)
    assert inhabitants(page) == pytest.approx(1.5 * tenth, rel=0.02)


def test_every_visitor_has_a_city_of_their_own(page: Page, visit: Callable[[], Page]) -> None:
    press(page, "Step")
    sees(page, "February 2025")

    other = visit()  # waits for January
    press(page, "Step")
    sees(page, "March 2025")
    sees(other, "January 2025")
    other.context.close()


def test_the_page_works_without_the_internet(page: Page, traffic: Traffic, server_log: Path) -> None:
    press(page, "Step")
    sees(page, "February 2025")
    if picture := os.environ.get("KORTRIJK_SIM_SCREENSHOT"):
        page.screenshot(path=picture)

    web = [urlsplit(url) for url in traffic.asked if urlsplit(url).scheme in {"http", "https", "ws", "wss"}]
    assert any(url.scheme == "ws" for url in web)
    assert {url.hostname for url in web} == {"127.0.0.1"}
    assert traffic.wrong == []
    assert "Could not load URL" not in server_log.read_text()
