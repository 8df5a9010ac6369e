"""What a closed period keeps of its partners, and the line of its check list on cash that is not applied."""

from datetime import date, datetime

from django.urls import reverse

from blackgem.lib.knowledge import Knowledge
from blackgem.lib.money import format_money
from capital.models import CommitmentCapital, ReceiptCapital
from funds.models import Fund, PeriodAccount
from funds.queries.period_checks import Check, CheckState, register_check
from funds.queries.periods import Span
from funds.services.periods import register_period_accounts

FIGURES = ("committed", "released", "called", "paid", "outstanding", "distributed", "unfunded")


def accounts_of(fund: Fund, day: date, known_at: datetime) -> list[PeriodAccount]:
    """What partners stood at when a day ended, as known at a time."""
    rows = CommitmentCapital.on(day, Knowledge(known_at), fund=fund.pk)
    return [
        PeriodAccount(commitment_id=row.pk, **{name: getattr(row, name) for name in FIGURES}) for row in rows
    ]


def _cash_is_applied(fund: Fund, span: Span) -> Check:
    label, link = "Cash that came is applied", reverse("capital:receipt_list")
    left = ReceiptCapital.objects.filter(
        receipt__fund=fund, receipt__value_date__lte=span.last_day, unapplied__gt=0
    )
    amounts = list(left.values_list("unapplied", flat=True))
    if amounts:
        said = f"{format_money(sum(amounts), fund.currency)} of {len(amounts)} receipts waits to be applied."
        return Check("cash", label, CheckState.MISSING, said, link, required=False)
    return Check("cash", label, CheckState.DONE, "No receipt of the period waits.", link, required=False)


register_period_accounts(accounts_of)
register_check("cash", 60, _cash_is_applied)
