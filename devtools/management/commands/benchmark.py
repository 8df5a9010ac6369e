import os
import platform
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from devtools.benchmark import (
    closings,
    fees,
    imports,
    letters,
    pages,
    posting,
    rollups,
    rooms,
    seals,
    search,
    statements,
    waterfalls,
)
from devtools.benchmark.figures import table
from devtools.benchmark.scratch import Scratch, scratch, use

PARTS = {
    "rollups": rollups,
    "imports": imports,
    "posting": posting,
    "notices": letters,
    "statements": statements,
    "pages": pages,
    "search": search,
    "rooms": rooms,
    "waterfalls": waterfalls,
    "closings": closings,
    "fees": fees,
    "seals": seals,
}
#: These look at the demonstration's data.
WITH_DEMO = {"notices", "statements", "pages"}


class Command(BaseCommand):
    help = (
        "Measures roll-ups, imports, payments, notices, statements, pages, the search, waterfalls, closings, "
        "fees and seals beside what the machine could do at best, in scratch databases on the same server, which are "
        "dropped in the end."
    )

    def add_arguments(self, parser):
        parser.add_argument("--quick", action="store_true", help="small sizes, a minute in all")
        parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="some parts")
        parser.add_argument(
            "--database-url",
            default="",
            help="an administrator of DATABASE_URL's server who may create databases; where it is no superuser, "
            "populating takes longer. Default: the embedded superuser, or DATABASE_OWNER_URL",
        )

    def handle(self, *, quick, only, database_url, **options):
        began = time.monotonic()
        with scratch(database_url) as databases:
            self.introduce(databases)
            demo = self.load_demo(databases) if WITH_DEMO & set(only) else ""
            for name in only:
                part = PARTS[name]
                more = {"demo": demo} if name in WITH_DEMO else {}
                figures = list(part.measure(databases, quick=quick, **more))
                self.stdout.write(f"\n{table(part.HEADINGS, figures)}")
        self.stdout.write(f"\n{time.monotonic() - began:.0f} s in all; the scratch databases are gone.")

    def introduce(self, databases: Scratch):
        with databases.connect("postgres") as administrator:
            version = administrator.info.parameter_status("server_version")
        self.stdout.write(
            f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
            f"PostgreSQL {version}. Medians of runs that take turns, warm, after VACUUM (ANALYZE)."
        )

    def load_demo(self, databases: Scratch) -> str:
        database = databases.clone("demo")
        use(database)
        call_command("load_demo", "--no-documents", stdout=self.stdout)
        with databases.connect(database) as administrator:
            administrator.execute("VACUUM (ANALYZE)")
        connection.close()
        use(databases.template)
        return database
