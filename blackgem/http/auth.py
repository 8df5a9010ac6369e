"""Who asks: a bearer token, or the browser's session with its CSRF token."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from blackgem.http import limits
from blackgem.http.errors import BadRequest, Unauthorized
from blackgem.http.tokens import find_token
from blackgem.lib.errors import Forbidden
from blackgem.models import ApiToken

SAFE = {"GET", "HEAD", "OPTIONS"}
_TOKEN_NAMES = {"access_token", "token", "api_key", "apikey"}


def sign_in(request: HttpRequest) -> None:
    """Set `request.user` to whoever asks. Raises Unauthorized, Forbidden (CSRF, a token that may only read),
    TooManyRequests, BadRequest for a token in the address, where logs and histories would keep it."""
    if _TOKEN_NAMES & set(request.GET):
        raise BadRequest(
            "token.in_address", "Send the token in the Authorization header, never in the address."
        )
    if "Authorization" in request.headers:
        _sign_in_by_token(request)
    elif not request.user.is_authenticated:
        raise Unauthorized("credentials.missing", "Send a token: Authorization: Bearer …")
    elif check_csrf(request):
        raise Forbidden("csrf.failed", "A request from the browser needs its CSRF token.")
    limits.count_request(request.user)


def _sign_in_by_token(request: HttpRequest) -> None:
    scheme, _, token = request.headers["Authorization"].partition(" ")
    found = find_token(token.strip(), at=timezone.now()) if scheme.lower() == "bearer" else None
    if found is None:
        limits.count_bad_token(request)
        raise Unauthorized("credentials.invalid", "This token is not known, or no longer good.")
    request.user = found
    if found.token_scope != ApiToken.Scope.WRITE and request.method not in SAFE:
        raise Forbidden("token.read_only", "This token may only read.")


class Token(HttpBearer):
    """A token from the user's page or from `manage.py api_token EMAIL`."""

    def __call__(self, request):
        return request.user  # signed in before the operation began

    def authenticate(self, request, token):
        return request.user


class Session(APIKeyCookie):
    """The signed-in browser, with X-CSRFToken where something is changed."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request):
        return request.user

    def authenticate(self, request, key):
        return request.user
