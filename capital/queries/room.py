"""Whom a call asks, and how much of a commitment it may draw on."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models.expressions import RawSQL

from blackgem.lib.fields import MoneyField
from blackgem.lib.knowledge import NOW
from funds.models import Commitment, Fund
from funds.models.register import committed_by

#: The least of the running sums of what moved the unfunded part, from a day on: what came before is one move.
_LEAST = """
    (SELECT coalesce(min(d.unfunded), 0)
       FROM (SELECT sum(sum(m.amount)) OVER (ORDER BY greatest(m.day, %s)) AS unfunded
               FROM unfunded_moves m
              WHERE m.commitment_id = {}
              GROUP BY greatest(m.day, %s)) d)
"""


def room_on(day: date, *, of: str = '"commitments"."id"') -> RawSQL:
    """The expression of what a call of a day may draw on: the least of a commitment that is unfunded on that day or any
    later one, in the fund's currency. `of` is the column of the commitment's id, as SQL names it."""
    return RawSQL(_LEAST.format(of), [day, day], output_field=MoneyField())  # noqa: S611 - the caller's own column


def partners_on(fund: Fund, day: date, *, named: Collection[int] = ()) -> list[Commitment]:
    """Those who take part in a call of a day: every commitment above zero by then, and those that are named, by
    reference. Each has what it `promised` by then, and its `room`: what the call may draw on."""
    commitments = fund.commitments.select_related("investor").order_by("reference", "pk")
    by_then = commitments.annotate(promised=committed_by(day, NOW), room=room_on(day))
    return [one for one in by_then if one.promised > 0 or one.pk in named]


def room_of(commitment_id: int, day: date) -> Decimal:
    """That of one commitment."""
    rows = Commitment.objects.filter(pk=commitment_id).annotate(room=room_on(day))
    return rows.values_list("room", flat=True).first() or Decimal(0)
