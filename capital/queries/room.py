"""Whom a call asks, and how much of a commitment it may draw on."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db import connection

from blackgem.lib.knowledge import NOW
from funds.models import Commitment, Fund
from funds.models.register import committed_by

ZERO = Decimal("0.00")


def room_from(commitments: Iterable[int], day: date) -> dict[int, Decimal]:
    """By commitment, the least that is unfunded on a day or any later one, in the fund's currency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commitment_id, unfunded FROM unfunded_from(%s::bigint[], %s)", [list(commitments), day]
        )
        return dict(cursor.fetchall())


def partners_on(fund: Fund, day: date, *, named: Collection[int] = ()) -> list[Commitment]:
    """Those who take part in a call of a day: every commitment above zero by then, and those that are named, by
    reference. Each has what it `promised` by then, and its `room`: what the call may draw on."""
    commitments = fund.commitments.select_related("investor").annotate(promised=committed_by(day, NOW))
    partners = [one for one in commitments.order_by("reference", "pk") if one.promised > 0 or one.pk in named]
    room = room_from([one.pk for one in partners], day)
    for one in partners:
        one.room = room.get(one.pk, ZERO)
    return partners
