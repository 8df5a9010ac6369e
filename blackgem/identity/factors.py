"""Second factors of people who have lost them. That they are taken away is a change of an account, which takes two."""

from allauth.mfa.models import Authenticator

from blackgem.lib.checks import out_of_state
from blackgem.models import User


def check_forget_second_factors(user: User, by: User | None) -> None:
    """Whether there is a second factor to take away."""
    if not Authenticator.objects.filter(user=user).exists():
        raise out_of_state("second_factor.none", "There is no second factor to remove.")
