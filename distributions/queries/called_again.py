"""Whether what a payout let be called again was called since: then the call stands, and so does the payout."""

from django.db import connection

from blackgem.lib.errors import Conflict
from distributions.models import Payout

#: What the bank returned of a payout that stands.
HELD_FOR_IT = "Record what came back as a receipt that is held for the partner, and return it from there."

#: Taking back takes what its rows restored, of who holds a part of them too, from each day on.
_OVERDRAWN = """
    WITH undone AS (
        SELECT x.commitment_id, x.value_date AS day, x.amount
          FROM capital_transactions o
          JOIN capital_transactions x ON x.id = o.id OR x.moves_id = o.id
         WHERE o.payout_id = %s AND x.recallable
    )
    SELECT EXISTS (
        SELECT FROM (SELECT sum(m.amount) OVER (PARTITION BY m.commitment_id ORDER BY m.day) AS unfunded
                       FROM (SELECT commitment_id, day, amount FROM undone
                              UNION ALL
                             SELECT m.commitment_id, m.day, m.amount FROM unfunded_moves m
                              WHERE m.commitment_id IN (SELECT commitment_id FROM undone)) m) d
         WHERE d.unfunded < 0)
"""


def check_not_called_again(payout: Payout) -> None:
    """Whether the payout may be taken back without more being called of anybody than is promised; its partners are
    locked. Raises Conflict."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDRAWN, [payout.pk])
        if cursor.fetchone()[0]:
            raise Conflict(
                "payout.called_again",
                f"Some of this was called again since, and that call stands. {HELD_FOR_IT}",
            )
