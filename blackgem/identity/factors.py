"""Second factors of people who have lost them."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from blackgem.lib import audit
from blackgem.lib.errors import Conflict
from blackgem.lib.sql import service
from blackgem.models import User


@service
def forget_second_factors(*, user: User, by: User, at: datetime) -> None:
    """Take authenticator app, passkeys and recovery codes away from somebody. Raises Conflict where there is none."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Conflict("second_factor.none", "There is no second factor to remove.")
    audit.record(verb="remove_second_factors", by=by, at=at, subject=user)
