from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blackgem.identity.factors import forget_second_factors
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.models import User


class Command(BaseCommand):
    help = "Removes authenticator app, passkeys and recovery codes of a person who has lost them all."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no user {email}.")
        try:
            forget_second_factors(user=user, ctx=WriteContext(user, timezone.now()))
        except Conflict as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{user.email} signs in with the password alone until another factor is set up.")
