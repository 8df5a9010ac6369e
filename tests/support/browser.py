"""A real Chromium. Any page error or refused content fails the test that met it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",  # root in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


def chromium() -> str:
    """The browser's path: CHROMIUM, or what the system has, best the one that comes without a window."""
    has = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "chromium")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, has)), None)
    assert found, "Chromium is missing: run `make setup-test`, or name a browser in CHROMIUM"
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), headless=True, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser, live_server) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, addresses relative to the running site, UTC, American English."""
    made = browser.new_context(
        base_url=live_server.url, locale="en-US", timezone_id="UTC", viewport={"width": 1280, "height": 900}
    )
    made.set_default_timeout(PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, live_server) -> Iterator[Page]:
    """A page of the running site. Its console errors (refused scripts and styles among them) fail the test.

    A test that expects some clears `page.problems`.
    """
    opened = context.new_page()
    opened.problems = watch(opened)
    yield opened
    assert not opened.problems, opened.problems


def watch(page: Page) -> list[str]:
    """A list that fills with what went wrong in the page."""
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    return problems
