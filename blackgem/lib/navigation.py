"""Pages that other apps lead to, and the menus. Each app registers its own when it is ready; nobody names another's.

A page stands in a menu if it has a `place` there. What an app below wants to lead to, it asks for by `key`. The search
finds the pages of the menus of managers, of `ACTIONS` and of `ACCOUNT`, and their keys open them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

#: The menus: managers' pages, investors', what managers begin, and what is a person's own.
MANAGERS, INVESTORS, ACTIONS, ACCOUNT = "managers", "investors", "actions", "account"


@dataclass(frozen=True, slots=True)
class Page:
    """`name` is that of its URL. In a menu: `label`, `place` in the order (0 is the menu's home, marked only while it
    is open itself; others are also while a page below them is), and who `is_shown` the entry. It is found by its label
    and by other `words` too, and opened by `keys`: two that are pressed one after the other."""

    key: str
    name: str
    label: str = ""
    menu: str = ""
    place: int = 0
    is_shown: Callable[[object], bool] = lambda user: True
    words: str = ""
    keys: str = ""


_PAGES: dict[str, Page] = {}


def register(*pages: Page) -> None:
    """Add pages, or say anew where one is."""
    _PAGES.update((page.key, page) for page in pages)


def address(key: str, *args) -> str:
    """Where a page is. Raises KeyError for one that no app registered."""
    return reverse(_PAGES[key].name, args=args)


def menu(name: str, user, *, fits: Callable[[Page], bool] = lambda page: True) -> list[Page]:
    """The entries of a menu that this person is shown, in order; of those that fit, where not all are wanted. What
    decides over several entries is asked once."""
    entries = [page for page in _PAGES.values() if page.menu == name and fits(page)]
    shown = {decides: decides(user) for decides in {page.is_shown for page in entries}}
    entries = [page for page in entries if shown[page.is_shown]]
    return sorted(entries, key=lambda page: page.place)
