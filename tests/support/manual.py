"""The manual that was built: its pages, their anchors, and what they hold."""

import json
import re
from functools import cache
from urllib.parse import urljoin, urlsplit

from django.conf import settings

from blackgem.manual import contents

_ID = re.compile(r'\sid="([^"]+)"')
_LINK = re.compile(r'<a\s[^>]*href="([^"]+)"')
_PICTURE = re.compile(r'<img\s[^>]*src="([^"]+)"')


@cache
def bodies() -> dict[str, str]:
    """Address below the site → what stands on the page."""
    return {
        f"/help/{address}": json.loads((settings.MANUAL_ROOT / page["file"]).read_text())["body"]
        for address, page in contents().items()
    }


@cache
def anchors(page: str) -> set[str]:
    return set(_ID.findall(bodies()[page]))


def leads_nowhere(address: str) -> bool:
    """Whether an address of the manual, with its anchor if it has one, is not there."""
    parts = urlsplit(address)
    if parts.path not in bodies():
        return True
    return bool(parts.fragment) and parts.fragment not in anchors(parts.path)


def links() -> list[tuple[str, str]]:
    """(page, where it leads) for every link of every page."""
    return [(page, urljoin(page, link)) for page, body in bodies().items() for link in _LINK.findall(body)]


def pictures() -> list[tuple[str, str]]:
    return [(page, urljoin(page, link)) for page, body in bodies().items() for link in _PICTURE.findall(body)]
