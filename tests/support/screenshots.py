"""Takes pictures of every page of a running demo: `python -m tests.support.screenshots URL FOLDER [PASSWORD]`.

Each page at 1440 and 390 pixels, in both themes. The pictures in `docs/screenshots` are some of these.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from devtools.management.commands.demo import PASSWORD
from tests.support.browser import ARGUMENTS, chromium
from tests.support.crawl import kinds_of_pages

WIDTHS = {1440: 900, 390: 844}
THEMES = ("dark", "light")
FUND = "Larkspur Search Fund I"
MANAGER = "manager@demo.example"
INVESTOR = "john.anderson@demo.example"


def main(url: str, folder: str, password: str = PASSWORD) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for width, height in WIDTHS.items():
            for theme in THEMES:
                context = browser.new_context(viewport={"width": width, "height": height}, base_url=url)
                context.add_cookies([{"name": "theme", "value": theme, "url": url}])
                page = context.new_page()
                look = f"{width}-{theme}.png"
                take(page, "/sign-in/", out / f"sign-in-{look}")
                sign_in(page, MANAGER, password)
                take_all(page, [start_of(page), "/"], out, look)
                context.clear_cookies(name="sessionid")
                sign_in(page, INVESTOR, password)
                take_all(page, ["/portal/"], out, look, only="portal")
                context.close()
        browser.close()


def sign_in(page, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def start_of(page) -> str:
    """The demo fund's page, so that what is linked from it comes first."""
    page.goto("/funds/")
    return page.get_by_role("link", name=FUND).first.get_attribute("href")


def take(page, path: str, file: Path) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=True)


def take_all(page, starts: list[str], out: Path, look: str, only: str = "") -> None:
    """One picture of each kind of page that links lead to, of those whose name begins with `only`."""
    for kind, _ in kinds_of_pages(page, *starts):
        if kind.startswith(only):
            page.screenshot(path=out / f"{kind}-{look}", full_page=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
