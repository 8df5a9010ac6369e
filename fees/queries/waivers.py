"""What the manager waived of the fees of a fund, and what of it the general partner used as its own contribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from blackgem.lib.money import split, unit_of
from capital.models import CapitalCallItem
from capital.states import CALL_ISSUED
from fees.calc.terms import ZERO
from fees.models import FeeRun, FeeRunLine, FeeWaiverUse
from funds.models import Commitment, Fund


@dataclass(frozen=True, slots=True)
class WaiverAccount:
    """In the fund's currency: what was `waived` of the runs that count, without what side letters let off, and what of
    it was `used`. `by_partner` is what each was spared."""

    fund: Fund
    waived: Decimal
    used: Decimal
    by_partner: dict[int, Decimal]

    @property
    def available(self) -> Decimal:
        return self.waived - self.used

    def parts(self, amount: Decimal) -> dict[int, Decimal]:
        """Who pays an amount for the general partner: by what each was spared (largest remainder)."""
        parts = split(amount, list(self.by_partner.values()), unit_of(self.fund.currency))
        return {key: part for key, part in zip(self.by_partner, parts, strict=True) if part}


def waiver_account(fund: Fund, *, until: date | None = None) -> WaiverAccount:
    """Of the runs that fell due by a day, or of all."""
    runs = FeeRun.objects.counting().filter(fund=fund)
    if until is not None:
        runs = runs.filter(effective_on__lte=until)
    spared = (
        FeeRunLine.objects.filter(run__in=runs.values("pk"))
        .order_by()
        .values_list("commitment")
        .annotate(spared=Sum(F("waiver") - F("let_off")))
        .filter(spared__gt=0)
        .order_by("commitment")
    )
    by_partner = dict(spared)
    used = FeeWaiverUse.objects.counting().filter(fund=fund).total() or ZERO
    return WaiverAccount(fund, sum(by_partner.values(), ZERO), used, by_partner)


def open_items_of_gp(fund: Fund) -> Sequence[CapitalCallItem]:
    """What general partners of a fund owe of its issued calls, oldest first, each with its `owed`."""
    rows = CapitalCallItem.objects.filter(
        fund=fund,
        commitment__kind=Commitment.Kind.GP,
        call__status__in=CALL_ISSUED,
        capital__outstanding__gt=0,
    )
    return (
        rows.select_related("call", "commitment__investor")
        .annotate(owed=F("capital__outstanding"))
        .order_by("call__due_date", "pk")
    )


def uses_of(fund: Fund) -> QuerySet[FeeWaiverUse]:
    """Every use, newest first, with the item, its call, and the call that asks the partners."""
    rows = FeeWaiverUse.objects.filter(fund=fund)
    return rows.select_related("item__call", "asked__call", "recorded_by", "fund").order_by("-pk")
