from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from blackgem.identity import changes
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from blackgem.models import AccountChange


class Command(BaseCommand):
    help = "Lists changes of accounts that wait, and lets one take effect that was asked for here and has rested."

    def add_arguments(self, parser):
        parser.add_argument("--take-effect", type=int, metavar="NUMBER", dest="number")

    def handle(self, *, number, **options):
        if number is not None:
            try:
                row = changes.approve(account_change_id=number, ctx=WriteContext(None, timezone.now()))
            except DomainError as error:
                raise CommandError(error.message) from None
            self.stdout.write(f"The change of the account of {row.account} took effect.")
            return
        for row in AccountChange.objects.pending().select_related("account", "requested_by").order_by("pk"):
            parts = "; ".join(f"{label}: {old} → {new}" for label, old, new in changes.steps(row))
            until = (
                "another administrator decides"
                if row.four_eyes
                else f"rests until {changes.in_words(row.effective_from)}"
            )
            self.stdout.write(f"{row.pk}  {row.account.email}  {parts}  ({changes.who_asked(row)}; {until})")
