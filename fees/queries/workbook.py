"""Every run of a fund that counts, as a workbook with live formulas."""

from datetime import datetime

from blackgem.lib.money import unit_of
from fees.models import FeeRun, FeeRunLine
from fees.queries.explained import version_of
from fees.workbook import LineFacts, RunFacts, build_fee_workbook
from funds.models import Fund

AMOUNTS = ("true_up", "waiver", "recognised", "net", "tax", "offset_applied", "offset_carried")


def workbook_of(fund: Fund, *, at: datetime) -> bytes:
    """The workbook, dated `at`."""
    return build_fee_workbook(
        facts_of(fund),
        unit=unit_of(fund.currency),
        heading=(
            f"{fund.legal_name}: management fees",
            "Every run that was approved and whose call was not cancelled.",
        ),
        at=at,
    )


def facts_of(fund: Fund) -> list[RunFacts]:
    """In their order."""
    runs = list(FeeRun.objects.counting().filter(fund=fund).order_by("starts_on"))
    lines: dict[int, list[FeeRunLine]] = {run.pk: [] for run in runs}
    rows = FeeRunLine.objects.filter(run__in=runs).select_related("commitment__investor")
    for one in rows.order_by("commitment__reference", "pk"):
        lines[one.run_id].append(one)
    return [_facts(run, lines[run.pk]) for run in runs]


def _facts(run: FeeRun, lines: list[FeeRunLine]) -> RunFacts:
    return RunFacts(
        run.number,
        run.starts_on,
        run.ends_on,
        run.effective_on,
        version_of(run),
        run.waived,
        run.recognised,
        run.net,
        run.tax,
        [
            LineFacts(
                one.commitment_id,
                one.commitment.investor.name,
                one.commitment.reference,
                one.parts,
                {name: getattr(one, name) for name in AMOUNTS},
            )
            for one in lines
        ],
    )
