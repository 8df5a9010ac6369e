"""What is owed in a fund, to be ticked as paid."""

import re

from capital.models import CapitalCall, CapitalCallItem
from capital.queries.cash import open_items
from capital.states import CALL_OPEN

_POSTED = re.compile(r"pay-([0-9]{1,18})-(?:paid|amount)")


def open_calls(fund) -> list[CapitalCall]:
    """The calls on which something may be owed, newest first."""
    return list(CapitalCall.objects.filter(fund=fund, status__in=CALL_OPEN).order_by("-number"))


def narrowed_items(fund, *, call_id: str = "", text: str = ""):
    """Open items, of one call and of investors whose name has this text, where these are given."""
    rows = open_items(fund)
    if call_id:
        rows = rows.filter(call=call_id)
    return rows.filter(commitment__investor__name__icontains=text) if text else rows


def posted_items(fund, posted) -> list[CapitalCallItem]:
    """The items of the fund that a table names which was sent, those too that are paid by now; of other funds none."""
    ids = {int(match[1]) for name in posted if (match := _POSTED.fullmatch(name))}
    rows = CapitalCallItem.objects.filter(fund=fund, pk__in=ids)
    return list(
        rows.select_related("call", "commitment__investor", "capital").order_by(
            "call__due_date", "call__number", "commitment__reference"
        )
    )


def names_others(items, posted) -> bool:
    """Whether a table that was sent ticks an item that is not among these."""
    known = {item.pk for item in items}
    ticked = {
        int(match[1]) for name in posted if (match := _POSTED.fullmatch(name)) and name.endswith("-paid")
    }
    return bool(ticked - known)
