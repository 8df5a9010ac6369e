import os

import psycopg
from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.database_roles import prepare_urls

NEEDED = {
    "DATABASE_ADMIN_URL": "an account that may create roles and databases",
    "DATABASE_OWNER_URL": "the role that will own the schema",
    "DATABASE_URL": "the application's lesser role",
}


class Command(BaseCommand):
    help = (
        "Creates the database and the two roles that DATABASE_OWNER_URL and DATABASE_URL name, and the role of the "
        "portal's readers. Safe to repeat."
    )
    requires_system_checks = []

    def handle(self, **options):
        for name, meaning in NEEDED.items():
            if not os.environ.get(name):
                raise CommandError(f"{name} is not set; it names {meaning}.")
        try:
            prepare_urls(*(os.environ[name] for name in NEEDED))
        except (psycopg.Error, ValueError) as error:
            raise CommandError(str(error).strip()) from None
        self.stdout.write("Roles and database are ready. Next: manage.py migrate")
