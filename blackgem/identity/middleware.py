"""On every request: how long a session rests and lasts before it ends, and who must have a second factor first."""

import time

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from blackgem.http.problems import problem
from blackgem.lib import kept_forms

BEGAN_AT, SEEN_AT = "began_at", "seen_at"
#: How exactly it is known when a session was last used.
GRAIN_SECONDS = 60
_REFUSAL = "Your role demands a second factor. Sign in on the site and set one up."


class KnownSessions:
    """Ends a session that rested for SESSION_IDLE_MINUTES (0: never) or is SESSION_COOKIE_AGE old, however busy it was;
    and keeps the list of a person's sessions."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._look_at(request, time.time())
        return self.get_response(request)

    def _look_at(self, request, now: float) -> None:
        rested = now - request.session.get(SEEN_AT, now)
        lasted = now - request.session.setdefault(BEGAN_AT, now)
        is_idle = settings.SESSION_IDLE_MINUTES and rested > settings.SESSION_IDLE_MINUTES * 60
        if is_idle or lasted > settings.SESSION_COOKIE_AGE:
            whose, request.outlasted = request.user.pk, True
            logout(request)
            kept_forms.session_ended(request, whose)
        elif SEEN_AT not in request.session or rested >= GRAIN_SECONDS:
            request.session[SEEN_AT] = now
            UserSession.objects.create_from_request(request)


class SecondFactorDemanded:
    """With SECOND_FACTOR_REQUIRED, managers and administrators reach nothing but the pages that set one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or _is_open(view) or not lacks_second_factor(request.user):
            return None
        if not request.path.startswith("/api/"):
            return redirect("mfa_index")
        if "Authorization" in request.headers:
            return None  # a token speaks for itself
        return problem(403, "second_factor.required", _REFUSAL)


def _is_open(view) -> bool:
    return getattr(view, "audience", "") == "public" or getattr(view, "without_second_factor", False)


def lacks_second_factor(user) -> bool:
    """Whether this person runs a fund or the site, and has only a password."""
    bound = user.is_authenticated and (getattr(user, "manages", False) or user.is_staff)
    return bound and not user.has_second_factor
