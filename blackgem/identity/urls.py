"""Addresses around signing in and one's own account. The names are those that the accounts library asks for."""

from functools import wraps

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from blackgem.identity import change_pages, views
from blackgem.lib.access import person_page, public_page
from blackgem.middleware import too_many_requests

TOO_MANY = "too_many_login_attempts"
LABELS = {
    "email": "E-mail address",
    "login": "E-mail address",
    "oldpassword": "Present password",
    "password1": "New password",
    "password2": "Once more",
    "passwordless": "Sign in with it alone",
    "code": "Code",
}


def answered(view):
    """A refused form is answered with 422, one tried too often with 429, a link that is used up with 404."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        _word(context.get("form"))
        if context.get("token_fail"):
            response.status_code = 404
        codes = _refusals(context.get("form")) | _refusals(context.get("webauthn_form"))
        if request.method == "POST" and codes:
            if TOO_MANY in codes:
                return too_many_requests(request)
            response.status_code = 422
        return response

    return wrapped


def _word(form) -> None:
    """Our words for their fields; what is to be typed stands above a field, never inside it."""
    for bound in form or ():
        bound.label = LABELS.get(bound.name, bound.label)
        bound.help_text = ""
        bound.field.widget.attrs.pop("placeholder", None)


def _refusals(form) -> set:
    if form is None or not form.is_bound:
        return set()
    return {error.code for errors in form.errors.as_data().values() for error in errors}


def entrance(view):
    """For people who are not signed in yet."""
    return public_page(answered(view))


def own(view):
    """For whoever is signed in; also for those who have yet to set up the second factor that they need."""
    guarded = person_page(answered(view))
    guarded.without_second_factor = True
    return guarded


sign_in = entrance(account.login)

urlpatterns = [
    path("sign-in/", sign_in, name="login"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/code/", entrance(account.request_login_code), name="account_request_login_code"),
    path("sign-in/code/confirm/", entrance(account.confirm_login_code), name="account_confirm_login_code"),
    path("sign-in/second-factor/", entrance(second_factor.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", entrance(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/without-account/", views.without_account, name="account_signup"),
    path("sign-in/closed/", entrance(account.account_inactive), name="account_inactive"),
    path("sign-out/", public_page(LogoutView.as_view()), name="logout"),
    path("sign-out/", public_page(LogoutView.as_view()), name="account_logout"),
    path("password/forgotten/", entrance(account.password_reset), name="account_reset_password"),
    path(
        "password/forgotten/sent/", entrance(account.password_reset_done), name="account_reset_password_done"
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        entrance(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/new/done/",
        entrance(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("account/", own(views.account_home), name="account"),
    path("account/", own(views.account_home), name="mfa_index"),
    path("account/confirm/", own(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/second-factor/", own(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/", own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("account/password/", own(account.password_change), name="account_change_password"),
    path("account/password/first/", own(account.password_set), name="account_set_password"),
    path("account/app/", own(app.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", own(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/recovery-codes/", own(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/",
        own(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/recovery-codes.txt",
        own(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/", own(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/new/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/", own(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", own(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/sessions/", own(views.sessions), name="usersessions_list"),
    path("account/sessions/<int:session_id>/end/", own(views.session_end), name="session_end"),
    path("account/sessions/end-others/", own(views.sessions_end_others), name="sessions_end_others"),
    path("account/tokens/", person_page(views.tokens), name="tokens"),
    path(
        "account-changes/<int:account_change_id>/approve/",
        change_pages.approve_change,
        name="account_change_approve",
    ),
    path(
        "account-changes/<int:account_change_id>/refuse/",
        change_pages.refuse_change,
        name="account_change_refuse",
    ),
    path("account/tokens/<int:token_id>/revoke/", person_page(views.token_revoke), name="token_revoke"),
]
