"""What ends a link to a new password, and who is told of what became of an account."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from blackgem.models import User


class ResetTokens(PasswordResetTokenGenerator):
    """Links to a new password. One that was mailed before its person was made inactive stays over."""

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.session_generation}"


def tell_person(user: User, template: str, *, at: str = "") -> None:
    """Mail news about an account to its person, after the fact; `at` is the address if it was another before. What
    happened stands, whether or not the mail goes out."""
    get_adapter().send_notification_mail(template, user, {"person": user}, at or user.email)
