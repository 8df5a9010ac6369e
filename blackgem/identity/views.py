"""One's own account: what protects it, where it is signed in, its API tokens."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from blackgem.http.tokens import create_token, revoke_own_token, tokens_of
from blackgem.identity.forms import TokenForm
from blackgem.identity.internals import (
    end_other_sessions,
    end_sessions,
    raise_if_reauthentication_required,
)
from blackgem.identity.middleware import lacks_second_factor
from blackgem.identity.trail import record_ended
from blackgem.lib.access import public_page
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.pages import REFUSED, found

NEW_TOKEN = "new_api_token"  # noqa: S105 - the name of a place in the session


@require_safe
def account_home(request: HttpRequest) -> HttpResponse:
    """What protects this account."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "app": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "must_set_up": settings.SECOND_FACTOR_REQUIRED and lacks_second_factor(request.user),
        "session_count": len(UserSession.objects.purge_and_list(request.user)),
        "token_count": tokens_of(request.user).good(at=timezone.now()).count(),
    }
    return render(request, "identity/account.html", context)


@public_page
@require_safe
def without_account(request: HttpRequest) -> HttpResponse:
    """For those whose address nobody has entered: how one gets an account."""
    return render(request, "identity/without_account.html")


# ---------------------------------------------------------------- sessions


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    own = UserSession.objects.purge_and_list(request.user)
    own.sort(key=lambda one: one.last_seen_at, reverse=True)
    return render(request, "identity/sessions.html", {"sessions": own})


@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions; one's own present one too."""
    session = found(UserSession.objects.filter(user=request.user), pk=session_id)
    person = request.user  # who ends the present one is nobody afterwards
    end_sessions(request, [session])
    record_ended(person)
    messages.success(request, "That session has ended.")
    return redirect("usersessions_list")


@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    end_other_sessions(request, request.user)
    record_ended(request.user, which="all others")
    messages.success(request, "You are signed out everywhere else.")
    return redirect("usersessions_list")


# ---------------------------------------------------------------- API tokens


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens. A new one is shown on the first look after it was made, and never again."""
    form, status, at = TokenForm(request.POST or None), 200, timezone.now()
    if request.method == "POST":
        if form.is_valid():
            raise_if_reauthentication_required(request, app="blackgem")
            token = create_token(user=request.user, ctx=WriteContext(request.user, at), **form.cleaned_data)
            request.session[NEW_TOKEN] = token
            return redirect("tokens")
        status = REFUSED
    context = {
        "form": form,
        "new_token": request.session.pop(NEW_TOKEN, ""),
        "tokens": tokens_of(request.user),
        "at": at,
    }
    return render(request, "identity/tokens.html", context, status=status)


@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = revoke_own_token(token_id=token_id, ctx=context_of(request))
    messages.success(request, f"{token.name} is revoked: it opens nothing any more.")
    return redirect("tokens")
