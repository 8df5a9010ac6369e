import getpass

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blackgem.http.tokens import MAX_DAYS, create_token
from blackgem.lib.context import WriteContext
from blackgem.models import ApiToken, User


class Command(BaseCommand):
    help = (
        "Prints a new API token that acts as this user. It is shown now and never again. In production the user's"
        " password is asked for: whoever has the command line is not everybody."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.WRITE.value)
        parser.add_argument("--days", type=int, default=90, help=f"how long it is good, at most {MAX_DAYS}")
        parser.add_argument("--name", default="Command line")

    def handle(self, *, email, scope, days, name, **options):
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {email}.")
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"A token is good for 1 to {MAX_DAYS} days.")
        if settings.PRODUCTION and not user.check_password(getpass.getpass(f"Password of {user.email}: ")):
            raise CommandError("This is not the password of that person.")
        at = timezone.now()
        self.stdout.write(
            create_token(user=user, scope=scope, days=days, name=name, ctx=WriteContext(user, at))
        )
