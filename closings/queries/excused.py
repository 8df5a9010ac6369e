"""Who is left out of lines of calls: it takes over nothing of them, and is asked for nothing in another's place."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from funds.models import Commitment


def left_out_of(line_ids: Sequence[int]) -> QuerySet[Commitment]:
    """Partners that take over nothing of one of these lines: excused from the deal by the last word, or left out of the
    line."""
    query = "SELECT o.commitment_id FROM left_out_of_lines(%s, NULL) o"
    return Commitment.objects.filter(pk__in=RawSQL(query, [list(line_ids)]))  # noqa: S611 - a constant; ids are parameters


def left_out_of_investments(item_id: int) -> Q:
    """Of partners: those who are left out of an investment that this part of a call is for."""
    query = """
        SELECT o.commitment_id
          FROM left_out_of_lines(ARRAY(SELECT x.line_id
                                         FROM capital_call_item_lines x
                                         JOIN capital_call_lines l ON l.id = x.line_id AND l.kind = 'investment'
                                        WHERE x.item_id = %s), NULL) o"""
    return Q(pk__in=RawSQL(query, [item_id]))  # noqa: S611 - a constant; the id is a parameter
