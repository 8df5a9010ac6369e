"""Which page of the manual explains a page of the site. Each app says it of its own pages when it is ready.

A page of the manual is named as it stands below /help/, with an anchor where a part of it is meant:
"managers/payments#take-back-a-payment". `tests/integration/manual` holds every name against the manual that was built.
"""

from blackgem.lib.registry import declare

#: By the full name of a URL.
PAGES: dict[str, str] = {}


def register(app: str, pages: dict[str, str]) -> None:
    """Add an app's pages: name of the URL in the app → page of the manual. What stands in no app is of ""; in "admin" a
    model is named by its app and its own name ("funds_fund")."""
    declare(PAGES, {f"{app}:{name}".removeprefix(":"): page for name, page in pages.items()})


def page_of(view_name: str) -> str | None:
    """The page of the manual about the page with this URL name; None where it has none of its own. Pages of the
    administration have that of their model, else that of the administration."""
    namespace, _, name = view_name.partition(":")
    if namespace == "admin":
        found = PAGES.get(view_name) or PAGES.get(f"admin:{name.rpartition('_')[0]}")
        return found or PAGES["admin:"]
    return PAGES.get(view_name)
