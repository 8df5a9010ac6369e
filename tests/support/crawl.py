"""Every kind of page that a person reaches by links, one of each."""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

_NUMBER = re.compile(r"(?<=/)(\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=/)")
_FILES = re.compile(r"\.(pdf|csv|xlsx|json)$")
#: What a page asks for by itself takes the place of the element that asks.
_COMPLETE = "() => !document.querySelector('[hx-trigger=load]')"
_ELSEWHERE = ("/admin/", "/api/", "/help/", "/static/", "/mail/", "/sign-out/")


def kind_of(path: str) -> str:
    """What pages of one kind have in common: /calls/7/items/9/ is calls-N-items-N."""
    return _NUMBER.sub("N", path).strip("/").replace("/", "-") or "overview"


def kinds_of_pages(page, *starts: str, seen: set[str] | None = None) -> Iterator[tuple[str, str]]:
    """(kind, path) of every kind of page that links lead to, breadth first; each is open in `page` when it is told.
    Kinds that were `seen` are left out, and those that are met added."""
    waiting, seen = deque(starts), set() if seen is None else seen
    while waiting:
        path = waiting.popleft()
        kind = kind_of(urlsplit(path).path)
        if kind in seen:
            continue
        seen.add(kind)
        page.goto(path)
        page.wait_for_function(_COMPLETE)
        yield kind, path
        waiting.extend(links_of(page))


def links_of(page) -> list[str]:
    """The addresses of pages that the open one links to."""
    hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    here = urlsplit(page.url)
    found = []
    for href in hrefs:
        target = urlsplit(urljoin(page.url, href))
        if target.netloc != here.netloc or _FILES.search(target.path) or target.path.startswith(_ELSEWHERE):
            continue
        found.append(target.path + (f"?{target.query}" if "fund=" in target.query else ""))
    return found
