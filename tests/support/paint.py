"""What a first view of each kind of page of a running demo weighs, asks for, and when it is painted:
`python -m tests.support.paint URL [PASSWORD]` prints a table.

Each view has a new browser context, which keeps nothing but who is signed in. A page is opened `LOOKS` times;
times are medians. "first byte" is when the page's own HTML began to arrive: the rest is transfer, parsing and painting.
"""

import sys
from statistics import median

from playwright.sync_api import sync_playwright

from devtools.management.commands.demo import PASSWORD
from tests.support.browser import ARGUMENTS, chromium
from tests.support.crawl import kinds_of_pages
from tests.support.screenshots import INVESTOR, MANAGER, sign_in, start_of

ADMIN = "admin@demo.example"
LOOKS = 3
#: Of each reader: where the crawl starts (the fund's page is found), and the kinds of pages that are opened.
MANAGERS = (
    "overview",
    "funds",
    "funds-N",
    "investors",
    "investors-N",
    "deals",
    "transactions",
    "calls",
    "calls-new",
    "calls-N",
    "calls-N-items-N",
    "distributions",
    "distributions-N",
    "letters",
    "approvals",
)
INVESTORS = (
    "portal",
    "portal-calls",
    "portal-calls-N",
    "portal-payments",
    "portal-distributions",
    "portal-documents",
    "portal-documents-N",
    "portal-statement",
    "portal-profile",
)
ADMINISTRATORS = ("/admin/", "/admin/funds/fund/")
TIMES = """() => [
  performance.getEntriesByType("navigation")[0].responseStart,
  performance.getEntriesByName("first-contentful-paint")[0].startTime,
]"""


def main(url: str, password: str = PASSWORD) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        print("page,kB,requests,first byte ms,first paint ms")
        for email in (MANAGER, INVESTOR, ADMIN):
            context = browser.new_context(base_url=url)
            page = context.new_page()
            sign_in(page, email, password)
            paths = paths_of(page, email)
            who = context.storage_state()
            context.close()
            for kind, path in paths.items():
                views = [view(browser, url, who, path) for _ in range(LOOKS)]
                weight, requests, byte, paint = (median(column) for column in zip(*views, strict=True))
                print(f"{kind},{weight / 1000:.0f},{requests:.0f},{byte:.0f},{paint:.0f}", flush=True)
        browser.close()


def paths_of(page, email: str) -> dict[str, str]:
    """One of each kind of page that is looked at."""
    if email == ADMIN:
        return {path.strip("/").replace("/", "-"): path for path in ADMINISTRATORS}
    wanted = set(INVESTORS if email == INVESTOR else MANAGERS)
    starts = ["/portal/"] if email == INVESTOR else ["/", start_of(page)]
    found = {}
    for kind, path in kinds_of_pages(page, *starts):
        if kind in wanted:
            found[kind] = path
        if wanted == set(found):
            break
    return found


def view(browser, url: str, who: dict, path: str) -> tuple[int, int, float, float]:
    """(bytes sent, requests, milliseconds to the first byte and to the first paint) of a page
    for somebody who was never here."""
    context = browser.new_context(base_url=url, storage_state=who)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sent, asked = [], []
    network.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    network.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    page.goto(path, wait_until="networkidle")
    times = page.evaluate(TIMES)
    context.close()
    return sum(sent), sum(not url.startswith("data:") for url in asked), *times


if __name__ == "__main__":
    main(*sys.argv[1:])
