from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.invariants import at_one_moment
from blackgem.lib.text import forbidden_character
from blackgem.taken import taken_on_the_command_line
from evidence import checker
from evidence.queries.export import exported

LONGEST_NAME = 200


class Command(BaseCommand):
    help = (
        "Writes every seal with the rows under it into FOLDER/audit.jsonl, and beside it the checker, which needs"
        " nothing but Python: python check.py audit.jsonl --anchor NUMBER:HASH. What it holds of people is hashed."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--by", default="", help="who takes it, where the account of the operating system does not say so"
        )

    def handle(self, *, folder: Path, by: str, **options):
        target = folder / "audit.jsonl"
        if target.exists():
            raise CommandError(f"{target} is there already.")
        if forbidden_character(by) or len(by) > LONGEST_NAME:
            raise CommandError(f"A name has at most {LONGEST_NAME} plain characters.")
        taken_on_the_command_line("audit.jsonl", by=by, facts={"folder": folder.resolve().name})
        folder.mkdir(parents=True, exist_ok=True)
        with at_one_moment(), target.open("wb") as file:
            lines = 0
            for line in exported():
                file.write(line + b"\n")
                lines += 1
        (folder / "check.py").write_bytes(Path(checker.__file__).read_bytes())
        self.stdout.write(self.style.SUCCESS(f"{lines} lines in {target}."))
