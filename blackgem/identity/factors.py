"""Second factors of people who have lost them."""

from allauth.mfa.models import Authenticator

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.sql import service
from blackgem.models import User


def check_forget_second_factors(user: User, by: User) -> None:
    """Whether there is a second factor to take away."""
    if not Authenticator.objects.filter(user=user).exists():
        raise out_of_state("second_factor.none", "There is no second factor to remove.")


@service
def forget_second_factors(*, user: User, ctx: WriteContext) -> None:
    """Take authenticator app, passkeys and recovery codes away from somebody. Raises Conflict where there is none."""
    check_forget_second_factors(user, ctx.by)
    Authenticator.objects.filter(user=user).delete()
    audit.record(verb="remove_second_factors", ctx=ctx, subject=user)
