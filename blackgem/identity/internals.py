"""What is taken from inside allauth, which promises none of it: an upgrade is tried against this file."""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.internal.stagekit import unstash_login
from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions

__all__ = [
    "end_other_sessions",
    "end_sessions",
    "generate_totp_secret",
    "get_authentication_records",
    "raise_if_reauthentication_required",
    "ratelimit",
    "record_authentication",
    "unstash_login",
]
