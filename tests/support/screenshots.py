"""Takes pictures of every page of a running demo: `python -m tests.support.screenshots URL FOLDER [PASSWORD]`.

Each page at 1440 and 390 pixels, in both themes; and letters and a statement, by `pdftoppm`. The pictures in
`docs/screenshots` are some of these.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import sync_playwright

from devtools.management.commands.demo import PASSWORD
from tests.support.browser import ARGUMENTS, chromium
from tests.support.crawl import kinds_of_pages, links_of

WIDTHS = {1440: 900, 390: 844}
THEMES = ("dark", "light")
FUND = "Larkspur Search Fund I"
MANAGER = "manager@demo.example"
INVESTOR = "john.anderson@demo.example"
ADMIN = "admin@demo.example"
#: Pages of the administration: one of each kind.
ADMINISTRATION = {
    "admin": "/admin/",
    "admin-list": "/admin/capital/capitalcall/",
    "admin-users": "/admin/blackgem/user/",
    "admin-trail": "/admin/blackgem/auditevent/",
}
#: Who owes something, and was sent the letter that says how to pay it.
DEBTOR = "jane.williams@demo.example"
#: From the list of distributions to the page of a fund with a longer life than the first one.
LIVED = ("/distributions/", r"^/distributions/\d+/$", r"^/funds/\d+/$")
#: Other states of a page that the crawl sees one of: from which list, and which link of each page leads on.
STATES = {
    "calls-N-draft": ("/calls/?status=draft", r"^/calls/\d+/$"),
    "calls-N-items-N-paid": ("/calls/?status=fully_funded", r"^/calls/\d+/$", r"/items/\d+/$"),
    "closings-N": ("/letters/", r"^/closings/\d+/$"),
    "closings-N-refunds-N": ("/letters/", r"^/closings/\d+/$", r"/refunds/\d+/$"),
    "funds-N-fees": (*LIVED, r"/fees/$"),
    "fee-runs-N": (*LIVED, r"/fees/$", r"^/fee-runs/\d+/$"),
    "funds-N-transfers": (*LIVED, r"/transfers/$"),
    "transfers-N": (*LIVED, r"/transfers/$", r"^/transfers/\d+/$"),
    "funds-N-periods": (*LIVED, r"/periods/$"),
    "payment-files-N": (*LIVED, r"/bank/$", r"/bank/payments/$", r"/payment-files/\d+/$"),
}
#: What is printed: how to come to the page that links to it, and the end of its address.
LETTERS = {
    "notice": (*STATES["calls-N-items-N-paid"], "notice.pdf"),
    "notice-distribution": (
        "/distributions/?status=paid",
        r"^/distributions/\d+/$",
        r"/items/\d+/$",
        "notice.pdf",
    ),
    "notice-refund": (*STATES["closings-N-refunds-N"], "notice.pdf"),
    "statement": (*STATES["calls-N-items-N-paid"], r"^/investors/\d+/$", r"/statement/$", "statement.pdf"),
}


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
                fund = start_of(page)
                with a_draft(page, fund):
                    take_all(page, [fund, "/"], out, look, states=STATES)
                take(page, "/help/managers/", out / f"help-{look}")
                take(page, "/help/?q=reverse+a+payment", out / f"help-search-{look}")
                take_palette(page, out / f"palette-{look}")
                if look == "1440-dark.png":
                    print_all(page, out)
                context.clear_cookies(name="sessionid")
                sign_in(page, INVESTOR, password)
                take_all(page, ["/portal/"], out, look, only="portal")
                context.clear_cookies(name="sessionid")
                sign_in(page, DEBTOR, password)
                follow(page, "/portal/calls/", r"^/portal/calls/[^/]+/$")
                page.screenshot(path=out / f"portal-calls-N-due-{look}", full_page=True)
                context.clear_cookies(name="sessionid")
                sign_in(page, ADMIN, password)
                take_administration(page, out, look, theme)
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


@contextmanager
def a_draft(page, fund: str) -> Iterator[None]:
    """A draft of a call in the fund, which is deleted afterwards: the demo has none."""
    page.goto(f"/calls/new/?fund={fund.strip('/').split('/')[-1]}")
    page.locator("[name=total_amount]").fill("12500")
    page.locator("[name=purpose]").fill("Fees and costs of the search")
    page.locator("[name=line-0-kind]").select_option("partnership_expenses")
    page.locator("button[name=do][value=draft]").last.click()
    page.wait_for_url(re.compile(r"/calls/\d+/$"))
    draft = urlsplit(page.url).path
    try:
        yield
    finally:
        page.goto(f"{draft}delete/")
        page.locator("main form button").last.click()
        page.wait_for_url("**/calls/")


def take(page, path: str, file: Path) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file, full_page=True)


def take_palette(page, file: Path) -> None:
    """The search over the overview, with what it found."""
    page.goto("/")
    page.locator("[data-palette-open]").click()
    page.locator("#palette [role=combobox]").fill("jane")
    page.locator("#palette [role=option]").first.wait_for()
    page.screenshot(path=file)


def take_administration(page, out: Path, look: str, theme: str) -> None:
    """A start, lists, a row with what belongs to it, its history, and what an action asks before it binds. The
    administration follows the theme of the machine."""
    page.emulate_media(color_scheme=theme)
    for kind, path in ADMINISTRATION.items():
        take(page, path, out / f"{kind}-{look}")
    page.goto(ADMINISTRATION["admin-list"])
    row = urlsplit(page.locator("#result_list tbody th a").first.get_attribute("href")).path
    take(page, row, out / f"admin-row-{look}")
    take(page, row.replace("/change/", "/history/"), out / f"admin-history-{look}")
    page.goto(ADMINISTRATION["admin-list"])
    page.locator("[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("cancel")
    page.get_by_role("button", name="Go").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=out / f"admin-asks-{look}", full_page=True)


def take_all(page, starts: list[str], out: Path, look: str, only: str = "", states=()) -> None:
    """One picture of each kind of page that links lead to, of those whose name begins with `only`; then of each state,
    and of the kinds that only that leads to."""
    seen: set[str] = set()

    def take_kinds(*paths):
        for kind, _ in kinds_of_pages(page, *paths, seen=seen):
            if kind.startswith(only):
                page.screenshot(path=out / f"{kind}-{look}", full_page=True)

    take_kinds(*starts)
    for name in states:
        follow(page, *STATES[name])
        page.wait_for_load_state("networkidle")
        page.screenshot(path=out / f"{name}-{look}", full_page=True)
        take_kinds(*links_of(page))


def follow(page, start: str, *ways: str) -> None:
    """Open a page, and from each page the first that it links to whose address matches the next of `ways`."""
    page.goto(start)
    for way in ways:
        page.wait_for_load_state("networkidle")
        page.goto(next(path for path in links_of(page) if re.search(way, path)))


def print_all(page, out: Path) -> None:
    """Every page of a letter about a call, of one about a distribution, and of a statement."""
    for name, (*way, ending) in LETTERS.items():
        follow(page, *way)
        printed = page.locator(f"a[href*='{ending}']").first.get_attribute("href")
        pdf = page.request.get(urljoin(page.url, printed)).body()
        subprocess.run(["pdftoppm", "-png", "-r", "80", "-", out / name], input=pdf, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
