"""Pages that other apps lead to, and the menus. Each app registers its own when it is ready; nobody names another's.

A page stands in a menu if it has a `place` there. What an app below wants to lead to, it asks for by `key`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

#: The menus: managers' pages, and investors'.
MANAGERS, INVESTORS = "managers", "investors"


@dataclass(frozen=True, slots=True)
class Page:
    """`name` is that of its URL. In a menu: `label`, `place` in the order (0 is the menu's home, marked only while it
    is open itself; others are also while a page below them is), and who `is_shown` the entry."""

    key: str
    name: str
    label: str = ""
    menu: str = ""
    place: int = 0
    is_shown: Callable[[object], bool] = lambda user: True


_PAGES: dict[str, Page] = {}


def register(*pages: Page) -> None:
    """Add pages, or say anew where one is."""
    _PAGES.update((page.key, page) for page in pages)


def address(key: str, *args) -> str:
    """Where a page is. Raises KeyError for one that no app registered."""
    return reverse(_PAGES[key].name, args=args)


def menu(name: str, user) -> list[Page]:
    """The entries of a menu that this person is shown, in order."""
    entries = [page for page in _PAGES.values() if page.menu == name and page.is_shown(user)]
    return sorted(entries, key=lambda page: page.place)
