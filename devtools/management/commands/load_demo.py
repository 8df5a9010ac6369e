import os
import time

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from devtools.demo import growth_fund, people, search_fund
from devtools.management.commands import demo
from funds.models import Fund
from funds.services.rendering import render_next

FUNDS = {"search": search_fund, "growth": growth_fund}


class Command(BaseCommand):
    help = "Loads the demo fund and a larger one, with their people and logins, where they are not there already."

    def add_arguments(self, parser):
        parser.add_argument("--only", choices=FUNDS, help="one of the two funds")
        parser.add_argument("--no-documents", action="store_true", help="leaves all PDFs to the worker")

    def handle(self, *, only, no_documents, **options):
        for name, fund in FUNDS.items():
            if only in (None, name):
                is_new = self.load(fund)
                if is_new and fund is search_fund and not no_documents:
                    make_documents()

    def load(self, fund) -> bool:
        """Write the fund in one transaction; False where it exists."""
        began = time.monotonic()
        with transaction.atomic():
            wait_for_others()
            if Fund.objects.filter(name=fund.NAME).exists():
                self.stdout.write(f"{fund.NAME} is there already.")
                return False
            fund.load(people.create_staff(os.environ.get("DEMO_PASSWORD") or demo.PASSWORD))
        self.stdout.write(f"{fund.NAME}: loaded in {time.monotonic() - began:.1f} s.")
        return True


def wait_for_others() -> None:
    """Two loads take turns, so that the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('load_demo', 0))")


def make_documents() -> None:
    """The letters as PDFs, so that they are there on the first look; workers mail what is queued."""
    while render_next(at=timezone.now()):
        pass
