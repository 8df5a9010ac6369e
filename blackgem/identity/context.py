"""For templates: the layout of the pages of one's own account."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

LAYOUTS = {True: "identity/investor_layout.html", False: "manager_layout.html"}


def layout(request: HttpRequest) -> dict:
    """`account_layout`: the template to extend, the investors' or the managers'."""
    return {"account_layout": SimpleLazyObject(lambda: LAYOUTS[_only_invests(request)])}


def _only_invests(request) -> bool:
    return bool(getattr(getattr(request, "user", None), "only_invests", False))
