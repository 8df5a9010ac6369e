from django.core.management.base import BaseCommand, CommandError

from blackgem.identity.changes import FACTORS, ask_on_the_command_line
from blackgem.identity.factors import check_forget_second_factors
from blackgem.lib.errors import DomainError
from blackgem.models import User


class Command(BaseCommand):
    help = "Asks to remove authenticator app, passkeys and recovery codes of a person who has lost them all."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--reason", default="All second factors are lost")

    def handle(self, *, email, reason, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no user {email}.")
        try:
            check_forget_second_factors(user, None)
            row = ask_on_the_command_line(user, {FACTORS: []}, reason=reason)
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(
            f"Asked for, and told to everybody concerned: manage.py account_changes shows number {row.pk}."
        )
