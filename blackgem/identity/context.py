"""For templates: the room in which the pages of one's own account stand."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

ROOMS = {True: "identity/library.html", False: "cockpit.html"}


def room(request: HttpRequest) -> dict:
    """`account_room`: the template to extend, the investors' or the managers'."""
    return {"account_room": SimpleLazyObject(lambda: ROOMS[_only_invests(request)])}


def _only_invests(request) -> bool:
    return bool(getattr(getattr(request, "user", None), "only_invests", False))
