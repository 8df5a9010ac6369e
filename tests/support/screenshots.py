"""Takes pictures of every page of a running demo: `python -m tests.support.screenshots URL FOLDER [PASSWORD]`.

Each page at 1440 and 390 pixels, in both themes. The pictures in `docs/screenshots` are some of these.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from blackgem.management.commands.demo import PASSWORD
from tests.support.browser import ARGUMENTS, chromium

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
                take(page, "/sign-in/", out / f"sign-in-{width}-{theme}.png")
                sign_in(page, MANAGER, password)
                for name, path in manager_pages(page).items():
                    take(page, path, out / f"{name}-{width}-{theme}.png")
                context.clear_cookies(name="sessionid")
                sign_in(page, INVESTOR, password)
                take(page, "/portal/", out / f"portal-{width}-{theme}.png")
                take(page, "/portal/statement/", out / f"portal-statement-{width}-{theme}.png")
                context.close()
        browser.close()


def sign_in(page, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def manager_pages(page) -> dict[str, str]:
    """The pages worth a picture; ids are read from the links of the demo fund."""

    def link(path, name):
        page.goto(path)
        return page.get_by_role("link", name=name).first.get_attribute("href")

    fund = link("/funds/", FUND)
    calls = f"/calls/?fund={fund.strip('/').split('/')[-1]}"
    page.goto(calls)
    call = page.locator("main tbody tr").first.locator("a").first.get_attribute("href")
    page.goto(call)
    item = page.locator("main a[href*='/items/']").first.get_attribute("href").split("payments/")[0]
    page.goto("/investors/?sort=-distributed")
    investor = page.locator("main tbody tr a").nth(1).get_attribute("href")
    return {
        "overview": "/",
        "funds": "/funds/",
        "fund": fund,
        "fund-new": "/funds/new/",
        "calls": calls,
        "calls-all": "/calls/",
        "call": call,
        "call-new": f"/calls/new/?fund={fund.strip('/').split('/')[-1]}",
        "item": item,
        "payment": f"{item}payments/new/",
        "investors": "/investors/",
        "investor": investor,
        "statement": f"{investor}statement/",
        "transactions": "/transactions/",
        "deals": "/deals/",
        "cash": "/cash/",
        "approvals": "/approvals/",
    }


def take(page, path: str, file: Path) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
