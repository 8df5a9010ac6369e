"""What came back since of what a transfer moved: payments of calls, and payouts of distributions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery, Sum, TextChoices

from blackgem.lib.fields import MoneyField
from capital.models import LineChange
from capital.notice_lines import label_of
from closings.models import Transfer
from distributions.models import Payout
from funds.models import CapitalTransaction


class Kind(TextChoices):
    """Of what a part came back, and so what its amount counts."""

    PAYMENT = "payment", "Owed by the transferee"
    PAYOUT = "payout", "Payable to whom it was declared, and distributed to the transferee no longer"


@dataclass(frozen=True, slots=True)
class CameBack:
    """What came back on a day of the fund, as the books have it, of what a transfer had moved: of a line of a call,
    what its transferee owes since; of a distribution, what it holds no longer until that is paid out again (on
    `again_on`)."""

    kind: Kind
    on: date
    call_id: int | None
    distribution_id: int | None
    line_id: int | None
    number: int
    what: str
    amount: Decimal
    again_on: date | None = None


def payments_back(transfer: Transfer) -> QuerySet[LineChange]:
    """What moved back of lines as payments came back, and is owed by who took it over."""
    rows = LineChange.objects.filter(
        transfer_id=transfer.pk, commitment=transfer.transferee_id, came_back__isnull=False
    )
    of_line = ("line__allocation__deal", "line__equalises__allocation__deal", "line__equalises__call", "call")
    return rows.select_related(*of_line).order_by("pk")


def payouts_back(transfer: Transfer) -> QuerySet[Payout]:
    """The payouts that were taken back of which it had moved a part: each with that `part`, and the day on which its
    item was paid out `again`."""
    of_it = CapitalTransaction.objects.filter(transfer_id=transfer.pk, commitment=transfer.transferee_id)
    part = of_it.filter(moves__payout_id=OuterRef("pk")).order_by().values("moves__payout_id")
    again = Payout.objects.filter(item=OuterRef("item"), pk__gt=OuterRef("pk"), reverses=None).order_by("pk")
    rows = Payout.objects.filter(fund=transfer.fund_id, reverses__isnull=False).annotate(
        part=Subquery(part.annotate(part=Sum("amount")).values("part"), output_field=MoneyField()),
        again=Subquery(again.values("value_date")[:1]),
    )
    return rows.exclude(part=None).select_related("distribution").order_by("pk")


def as_came_back(
    transfer: Transfer, payments: Iterable[LineChange], payouts: Iterable[Payout]
) -> Sequence[CameBack]:
    """Both as pages and the API show them, in the order in which they came back."""
    day_of = transfer.fund.day_of
    of_calls = [
        (
            one.recorded_at,
            CameBack(
                Kind.PAYMENT,
                day_of(one.recorded_at),
                one.call_id,
                None,
                one.line_id,
                one.call.number,
                label_of(one.line),
                one.amount,
            ),
        )
        for one in payments
    ]
    of_distributions = [
        (
            one.recorded_at,
            CameBack(
                Kind.PAYOUT,
                day_of(one.recorded_at),
                None,
                one.distribution_id,
                None,
                one.distribution.number,
                one.distribution.get_type_display(),
                one.part,
                one.again,
            ),
        )
        for one in payouts
    ]
    return [one for _, one in sorted(of_calls + of_distributions, key=lambda pair: pair[0])]
