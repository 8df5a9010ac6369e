from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from blackgem.lib import privileges


class Command(DjangoMigrate):
    help = (
        "Migrates as the schema's owner, then grants the application's role what it may do, table by table."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            privileges.grant(connections[options["database"]], settings.DATABASE_APP_ROLE)
