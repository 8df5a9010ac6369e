"""A passkey counts how often it was used. One whose count goes back is a copy: it opens nothing.

The rule is WebAuthn 2, section 7.2, step 21.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as theirs
from fido2.webauthn import AuthenticationResponse

#: In the data of the authenticator.
COUNT = "sign_count"


class _Counting:
    """Holds the count of what was sent against the last that was seen. Many passkeys count nothing: zero, always."""

    def clean_credential(self):
        sent = self.cleaned_data["credential"]
        try:
            authenticator = super().clean_credential()
        except (
            AttributeError,
            KeyError,
            TypeError,
        ) as error:  # whatever else was sent in place of a passkey's answer
            raise get_adapter().validation_error("incorrect_code") from error
        _count(authenticator, AuthenticationResponse.from_dict(sent).response.authenticator_data.counter)
        return authenticator


def _count(authenticator: Authenticator, count: int) -> None:
    known = authenticator.data.get(COUNT, authenticator.wrap().authenticator_data.counter)
    if (known or count) and count <= known:
        raise get_adapter().validation_error("incorrect_code")
    authenticator.data[COUNT] = count
    authenticator.save(update_fields=["data"])


class AuthenticateForm(_Counting, theirs.AuthenticateWebAuthnForm):
    """As the second step of signing in."""


class LoginForm(_Counting, theirs.LoginWebAuthnForm):
    """In place of a password."""


class ReauthenticateForm(_Counting, theirs.ReauthenticateWebAuthnForm):
    """To show again who one is."""
