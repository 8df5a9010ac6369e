"""Limits on guessing a password, so made that nobody can lock out somebody else.

Attempts count per place (an address on the net), per place and mailbox together, and per mailbox over all places. The
last would let a stranger keep a person out; a browser in which that person once signed in is exempt from it.
"""

from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from blackgem.identity.internals import ratelimit

COOKIE = f"{settings.COOKIE_PREFIX}known_device"
KNOWN_FOR_SECONDS = 180 * 24 * 60 * 60
EVERYWHERE = {"login_failed_everywhere": "30/10m/key"}
_SALT = "blackgem.known_device"


def attempts_key(request: HttpRequest, email: str) -> str:
    """What attempts of one place at one mailbox are counted under."""
    return f"{ratelimit.get_ip(request)}:{email.lower()}"


def count_everywhere(request: HttpRequest, email: str):
    """Count an attempt at this mailbox from a browser that its owner never used. None where there were too many."""
    if is_known(request, email):
        return ratelimit.RateLimitUsage(usage=[])
    return ratelimit.consume(
        request, app="allauth.account", action="login_failed_everywhere", config=EVERYWHERE, key=email.lower()
    )


def is_known(request: HttpRequest, email: str) -> bool:
    """Whether the owner of this mailbox has signed in with this browser before."""
    kept = request.COOKIES.get(COOKIE, "")
    try:
        return signing.loads(kept, salt=_SALT, max_age=KNOWN_FOR_SECONDS) == _digest(email)
    except signing.BadSignature:
        return False


def remember(response: HttpResponse, email: str) -> None:
    """Let the browser show later that this mailbox's owner signed in with it."""
    response.set_cookie(
        COOKIE,
        signing.dumps(_digest(email), salt=_SALT),
        max_age=KNOWN_FOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE,
    )


def _digest(email: str) -> str:
    return sha256(email.lower().encode()).hexdigest()
