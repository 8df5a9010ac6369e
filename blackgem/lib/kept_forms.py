"""A form that was sent after its session had ended is not lost: the same person gets it back, filled in.

It is kept in the browser's next session, which is nobody's, until somebody signs in there. Nothing of it was done. It
comes back on a GET whose `POST` holds what was typed: every page draws its form from there, and writes on a POST only.
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from blackgem.lib.encryption import decrypted, encrypted, is_encrypted

ENDED_FOR = "session_ended_for"
KEPT = "typed_form"
#: It may hold an account number: in the session it is encrypted.
PLACE = "django_session.typed_form"
MOST_CHARACTERS = 100_000
#: What buttons and pages send by themselves.
_NOT_TYPED = {"csrfmiddlewaretoken", "back", "do", "next"}
_SAID = "You were signed out while you typed. What you typed stands here again; nothing of it was sent."


def session_ended(request: HttpRequest, user_id: int) -> None:
    """Remember in the new, anonymous session whose session has just ended."""
    request.session[ENDED_FOR] = user_id


def keep(request: HttpRequest) -> str:
    """Keep what a person typed whose session has ended. The address to come back to after signing in."""
    if request.method != "POST":
        return request.get_full_path()
    if not set(request.POST) - _NOT_TYPED:
        return _page_of(request)
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    whose = request.session.get(ENDED_FOR)
    if whose and "HX-Request" not in request.headers and len(text) <= MOST_CHARACTERS:
        request.session[KEPT] = {
            "user": whose,
            "path": request.path,
            "fields": encrypted(text, PLACE, connection),
        }
    return request.get_full_path()


def give_back(request: HttpRequest) -> None:
    """Fill the page that is asked for with what was kept for it and for this person; for anybody else it is dropped."""
    kept = request.session.get(KEPT)
    if kept is None or request.method != "GET":
        return
    is_theirs = kept["user"] == request.user.pk
    if is_theirs and kept["path"] != request.path:
        return
    del request.session[KEPT]
    if is_theirs:
        fields = kept["fields"]  # plain in a session of before they were encrypted
        request.POST = QueryDict(decrypted(fields, PLACE, connection) if is_encrypted(fields) else fields)
        messages.warning(request, _SAID)


def _page_of(request) -> str:
    """The page on which a button stood that sends nothing but itself: its own address shows nothing."""
    came_from = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(came_from).path if here and came_from else "/"
