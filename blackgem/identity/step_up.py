"""Where it is not enough to be signed in: approving money and changing bank details asks again who one is.

With SECOND_FACTOR_REQUIRED, the second factor has to be fresh. A session keeps when which proof was given.
"""

import time
from collections.abc import Callable
from functools import wraps

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

from blackgem.identity.internals import get_authentication_records
from blackgem.lib.errors import Forbidden

_REFUSAL = "Confirm with your second factor on the site first; it is good for five minutes."


def with_fresh_factor(act: Callable) -> Callable:
    """A page or an operation of the API that does what it does only for whoever has just shown its second factor."""

    @wraps(act)
    def asked(request: HttpRequest, *args, **kwargs):
        if request.method == "POST":
            demand_fresh_factor(request)
        return act(request, *args, **kwargs)

    return asked


def demand_fresh_factor(request: HttpRequest) -> None:
    """Lead a page to where one proves it, and back to what one did. Raises Forbidden("step_up_required") in the API.

    A token speaks for itself: making one took a fresh proof, and a program has no second factor.
    """
    if not settings.SECOND_FACTOR_REQUIRED or "Authorization" in request.headers or _is_fresh(request):
        return
    if request.path.startswith("/api/"):
        raise Forbidden("step_up_required", _REFUSAL)
    raise ReauthenticationRequired


def _is_fresh(request) -> bool:
    """Whether the strongest proof that this person has was given within five minutes."""
    has_factor = getattr(request.user, "has_second_factor", False)
    return any(
        time.time() - record["at"] < REAUTHENTICATION_TIMEOUT
        for record in get_authentication_records(request, request.user)
        if record["method"] == "mfa" or not has_factor
    )
