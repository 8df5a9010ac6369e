"""How much of a commitment a call may draw on."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection


def room_from(commitments: Iterable[int], day: date) -> dict[int, Decimal]:
    """By commitment, the least that is unfunded on a day or any later one, in the fund's currency."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT commitment_id, unfunded FROM unfunded_from(%s::bigint[], %s)", [list(commitments), day]
        )
        return dict(cursor.fetchall())
