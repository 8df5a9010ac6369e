"""Around every request: a name to find it by, and one translation of what the domain refuses."""

import re
import sys
import uuid

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from blackgem.http.auth import SAFE
from blackgem.http.limits import address_of
from blackgem.lib import audit
from blackgem.lib.errors import Away, Busy, DomainError, TooManyRequests
from blackgem.lib.money import is_fault
from blackgem.lib.sql import translated
from blackgem.logs import log_answer

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PAGES = {status: f"{status}.html" for status in (400, 403, 404, 409, 410, 429, 503)}
#: What browsers offer to pages and none of ours asks for; passkeys and copying to the clipboard are asked for.
_PERMISSIONS = (
    ", ".join(
        f"{feature}=()"
        for feature in (
            *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
            *("display-capture", "encrypted-media", "geolocation", "gyroscope", "hid"),
            *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
            *("picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
        )
    )
    + ", publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)"
)
#: The limits on guessing count over windows of at most so long.
TOO_MANY_WAIT_SECONDS = 600


class RequestId:
    """Names the request, in the answer's X-Request-ID, in the log and in the audit trail, which says too where from.
    No answer may ask a browser for camera, place or payment.

    A name that a proxy in front has given is kept if it is harmless.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        named, came_from = audit.request_id.set(request.request_id), audit.address.set(address_of(request))
        try:
            with structlog.contextvars.bound_contextvars(request_id=request.request_id):
                response = log_answer(request, self.get_response)
        finally:
            audit.request_id.reset(named)
            audit.address.reset(came_from)
        response["X-Request-ID"] = request.request_id
        response["Permissions-Policy"] = _PERMISSIONS
        return response


class DomainErrors:
    """What an HTML view lets through becomes the page of its status. The API has a translation of its own.

    Pages of people who are signed in are kept by no cache.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatabaseError):
            error = translated(error)  # a read that waited too long; services translate their own
        if not isinstance(error, DomainError) or request.path.startswith("/api/"):
            return None
        if isinstance(error, Away) or is_fault(error, reads=request.method in SAFE):
            return None  # Django logs it, and `server_error` answers
        status = 400 if error.status == 422 else error.status
        response = error_page(request, status, message=error.message)
        if isinstance(error, Busy | TooManyRequests):
            response["Retry-After"] = str(error.retry_after)
        return response


# ---------------------------------------------------------------- pages of a status


def error_page(request: HttpRequest, status: int, *, message: str = "") -> HttpResponse:
    """The page of a status, with the request's name on it."""
    context = {"request_id": getattr(request, "request_id", ""), "message": message}
    return render(request, _PAGES.get(status, "500.html"), context, status=status)


def bad_request(request, exception=None):
    return error_page(request, 400)


def forbidden(request, exception=None):
    return error_page(request, 403)


def not_found(request, exception=None):
    return error_page(request, 404)


def too_many_requests(request, exception=None):
    """429, with the seconds after which the longest of the windows has passed."""
    response = error_page(request, 429)
    response["Retry-After"] = str(TOO_MANY_WAIT_SECONDS)
    return response


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", {"request_id": getattr(request, "request_id", "")}, status=403)


def server_error(request):
    """500, or 503 where it was raised because the database is away."""
    # No context processor and no database here: whatever broke may be broken still.
    context = {"request_id": getattr(request, "request_id", "")}
    raised = sys.exc_info()[1]
    away = translated(raised) if isinstance(raised, DatabaseError) else raised
    if not isinstance(away, Away):
        return HttpResponse(render_to_string("500.html", context), status=500)
    response = HttpResponse(render_to_string("503.html", {**context, "away": True}), status=503)
    response["Retry-After"] = str(away.retry_after)
    return response
