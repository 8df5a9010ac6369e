"""What people type about themselves. An address is looked up in one way everywhere: in any case, of active people."""

from allauth.account import forms as theirs
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django import forms

from blackgem.http.tokens import MAX_DAYS
from blackgem.identity.adapters import person_at
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form
from blackgem.models import ApiToken
from blackgem.refusals import record_asking


class MailedCodeForm(theirs.RequestLoginCodeForm):
    def clean_email(self):
        """The same for every address, so that nothing tells whether somebody has it."""
        email = self.cleaned_data["email"]
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = person_at(email)
        record_asking(context.request, "ask_sign_in_code", email, self._user)
        return email


class LinkForm(theirs.ResetPasswordForm):
    """Mails a link to a new password."""

    def clean_email(self):
        email = self.cleaned_data["email"]
        person = person_at(email)
        self.users = [person] if person else []
        return email


class ForgottenPasswordForm(LinkForm):
    def save(self, request, **kwargs):
        """Asked for by whoever knows the address: recorded whether or not somebody has it."""
        record_asking(request, "ask_new_password", self.cleaned_data["email"], next(iter(self.users), None))
        return super().save(request, **kwargs)


class ResetTokenForm(theirs.UserTokenForm):
    def _get_user(self, uidb36):
        """Nobody who may not sign in sets a new password."""
        user = super()._get_user(uidb36)
        return user if user and user.is_active else None


class TokenForm(Form):
    """A new API token: what it is for, what it may, how long."""

    name = PlainTextFormField(max_length=100, help_text="What it is for, such as “Bookkeeping export”.")
    scope = forms.ChoiceField(
        choices=[(ApiToken.Scope.READ.value, "Read only"), (ApiToken.Scope.WRITE.value, "Read and write")],
        initial=ApiToken.Scope.READ.value,
        help_text="It never may more than you.",
    )
    days = forms.IntegerField(
        label="Good for (days)", min_value=1, max_value=MAX_DAYS, initial=90, help_text=f"At most {MAX_DAYS}."
    )


class RefusalForm(Form):
    """Why a change of an account is turned down."""

    reason = PlainTextFormField(max_length=500, help_text="Everybody concerned reads it.")
