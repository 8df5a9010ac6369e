"""What browsers send for a passkey: measured before it is read, and whose count goes back opens nothing.

A passkey counts how often it was used; one whose count goes back is a copy (WebAuthn 2, section 7.2, step 21).
"""

import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as theirs
from django import forms
from fido2.webauthn import AuthenticationResponse

#: In the data of the authenticator.
COUNT = "sign_count"
#: Of what is sent. With certificates it has some thousand; the library copies what is left of it at each value.
MOST_CHARACTERS = 16_000
#: What else than a passkey's answer makes of the library.
_UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)


class CredentialField(forms.JSONField):
    """What a passkey answered, as JSON; nothing of it is shown again."""

    widget = forms.HiddenInput

    def to_python(self, value):
        if len(value or "") > MOST_CHARACTERS:
            raise self._invalid(value)
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:  # numbers of thousands of digits, thousands of brackets
            raise self._invalid(value) from error

    def bound_data(self, data, initial):
        return initial

    def _invalid(self, value) -> forms.ValidationError:
        message = self.error_messages["invalid"]
        return forms.ValidationError(message, code="invalid", params={"value": (value or "")[:20]})


class _Counting(forms.Form):
    """Holds the count of what was sent against the last that was seen. Many passkeys count nothing: zero, always."""

    credential = CredentialField()

    def clean_credential(self):
        sent = self.cleaned_data["credential"]
        try:
            authenticator = super().clean_credential()
        except _UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error
        _count(authenticator, AuthenticationResponse.from_dict(sent).response.authenticator_data.counter)
        return authenticator


def _count(authenticator: Authenticator, count: int) -> None:
    known = authenticator.data.get(COUNT, authenticator.wrap().authenticator_data.counter)
    if (known or count) and count <= known:
        raise get_adapter().validation_error("incorrect_code")
    authenticator.data[COUNT] = count
    authenticator.save(update_fields=["data"])


class AddForm(theirs.AddWebAuthnForm):
    """A new passkey."""

    credential = CredentialField()

    def clean(self):
        try:
            return super().clean()
        except _UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateForm(_Counting, theirs.AuthenticateWebAuthnForm):
    """As the second step of signing in."""


class LoginForm(_Counting, theirs.LoginWebAuthnForm):
    """In place of a password."""


class ReauthenticateForm(_Counting, theirs.ReauthenticateWebAuthnForm):
    """To show again who one is."""
