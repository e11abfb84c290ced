"""A browser: Debian's Chromium, driven by Playwright, which fetches none of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.support.server import Strongroom

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def is_wrong(said: ConsoleMessage) -> bool:
    """Whether the browser complains; that a page of the console was a refusal is none."""
    page = urlsplit(said.location["url"]).path.startswith("/console/")
    return said.type == "error" and not (page and said.text.startswith("Failed to load resource"))


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A window whose user prefers the scheme; anything the policy blocks fails the test."""
    context = chromium.new_context(
        color_scheme=request.param, viewport={"width": 1280, "height": 860}
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_wrong(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def password(server: Strongroom) -> str:
    return (server.home / "console-password").read_text().strip()


@pytest.fixture
def scheme(request: pytest.FixtureRequest) -> str:
    found: str = request.node.callspec.params["page"]
    return found


@pytest.fixture
def signed_in(page: Page, server: Strongroom, password: str) -> Page:
    page.goto(f"{server.url}/console/")
    page.get_by_label("Username").fill("administrator")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    return page


def keep(page: Page, name: str, scheme: str) -> None:
    """A picture for people to look at; nothing compares it."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"console-{name}-{scheme}.png", full_page=True)


def look(page: Page, name: str, scheme: str) -> None:
    """Keep a picture of the page, on which axe has found nothing that hinders anybody."""
    keep(page, name, scheme)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
