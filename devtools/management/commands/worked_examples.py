import json
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from blackgem.lib.errors import InvalidInput
from devtools.worked_examples import compute
from devtools.worked_examples.comparing import differences
from devtools.worked_examples.reading import Case, CaseError, load_cases


class Command(BaseCommand):
    help = (
        "Recomputes worked examples (waterfalls, clawbacks, rates of return, multiples, splits, excuses, later "
        "closings, transfers, defaults, netting, management fees) from a JSON file, and fails if one "
        "differs from what it expects. Needs no database."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a JSON list of cases")
        parser.add_argument("--json", action="store_true", help="print what was computed as one JSON list")

    def handle(self, *, file, **options):
        results = [(case, *attempt(case)) for case in read(file)]
        if options["json"]:
            listed = [{"id": case.id, "computed": computed} for case, computed, _ in results]
            self.stdout.write(json.dumps(listed, indent=1, default=as_number))
        else:
            for case, _, problems in results:
                self.stdout.write(f"{case.id}: {'; '.join(problems) or 'agrees'}")
        failed = [(case, problems) for case, _, problems in results if problems]
        if failed:
            detail = "".join(f"\n{case.id}: {'; '.join(problems)}" for case, problems in failed)
            raise CommandError(
                f"{len(failed)} of {len(results)} cases differ.{detail if options['json'] else ''}"
            )


def read(file: Path) -> list[Case]:
    try:
        return load_cases(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CaseError) as error:
        raise CommandError(f"{file}: {error}") from None


def attempt(case: Case) -> tuple[dict, list[str]]:
    """What a case comes to, and every way in which that is not what it should be."""
    if not case.can_be_computed:
        return {"error": "kind_not_computed", "kind": case.kind}, [f"kind {case.kind} is not computed yet"]
    if case.unknown:
        return {"error": "unknown_key", "keys": list(case.unknown)}, [
            f"unknown key {key}" for key in case.unknown
        ]
    try:
        computed = compute(case)
    except CaseError as error:
        return {"error": "case_unreadable", "message": str(error)}, [str(error)]
    except InvalidInput as error:
        computed = {"error": error.code}
    return computed, [] if case.expected is None else list(
        differences(case.expected, computed, case.tolerance)
    )


def as_number(rate: Decimal) -> float:
    """The only Decimals left in what was computed are rates of return; JSON knows them as numbers."""
    return float(rate)
