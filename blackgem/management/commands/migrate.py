from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from blackgem.lib import encryption, opened, privileges, sql_files
from blackgem.lib.migration_state import options_in_place


class Command(DjangoMigrate):
    help = (
        "Migrates as the schema's owner, builds views, functions, triggers and policies from their files where these"
        " have changed, and grants the application's role what it may do, table by table."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        connection = connections[options["database"]]
        if has_work(connection):
            with transaction.atomic(using=connection.alias):
                sql_files.drop_views(connection)
        with options_in_place():
            super().handle(*args, **options)
        with transaction.atomic(using=connection.alias):
            if is_at_newest(connection):
                sql_files.apply_changed(connection)
                opened.store_keys(connection)
                encryption.draw_keys(connection)
            privileges.grant(connection, settings.DATABASE_APP_ROLE)


def has_work(connection) -> bool:
    """Whether a migration is waiting to run."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_at_newest(connection) -> bool:
    """The files describe the newest tables only: a database that was migrated part of the way waits for the rest."""
    return not has_work(connection)
