"""Who is excused from the deals of a fund by now, so that a further call of them does not ask it.

Apps above say who else is: by a function of the database of the same form.
"""

from django.db import connection
from django.db.models import BooleanField, Value
from django.db.models.expressions import RawSQL

from capital.models import CapitalCall
from capital.states import CALL_BEFORE_ISSUE

#: Functions of a fund and the call that does not count: rows of commitment, allocation, reason.
_FUNCTIONS = ["excused_from_deals"]


def register_excused(function: str) -> None:
    _FUNCTIONS.append(function)


def excused_from(fund_id: int, allocation_ids: set[int]) -> dict[tuple[int, int], str]:
    """By allocation and commitment: why the partner is excused from the deal."""
    if not allocation_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_excused(), [fund_id, None] * len(_FUNCTIONS))
        rows = cursor.fetchall()
    return {
        (allocation, commitment): reason
        for commitment, allocation, reason in rows
        if allocation in allocation_ids
    }


def still_excused(call: CapitalCall) -> RawSQL | Value:
    """Whether an item of what is not issued asks its partner for a deal from which that is excused, and does not say
    why."""
    if call.status not in CALL_BEFORE_ISSUE:
        return Value(False)
    query = f"""
        "capital_call_items"."commitment_id" IN (
            SELECT x.commitment_id
              FROM capital_call_item_lines x
              JOIN capital_call_lines l ON l.id = x.line_id
              JOIN ({_excused()}) w ON w.commitment_id = x.commitment_id AND w.allocation_id = l.allocation_id
             WHERE x.call_id = %s AND x.amount > 0 AND x.included_reason = '')"""  # noqa: S608 - functions that apps registered
    values = [*[call.fund_id, call.pk] * len(_FUNCTIONS), call.pk]
    return RawSQL(query, values, output_field=BooleanField())  # noqa: S611 - names of functions that apps registered; values are parameters


def _excused() -> str:
    return " UNION ALL ".join(
        f"SELECT commitment_id, allocation_id, reason FROM {function}(%s, %s)"  # noqa: S608 - as registered
        for function in _FUNCTIONS
    )
