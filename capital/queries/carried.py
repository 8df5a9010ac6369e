"""Residuals that were carried to a later call: with which call they are due, and what its letters say of them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from capital.models import CapitalCall, CapitalCallItem, LineChange, ResidualSettlement
from funds.services.notice_facts import text

#: What a letter says where something else than the amount called is due with it.
DUE = ("waived", "revised", "excused", "taken_on", "carried", "netted", "due")


def carried_to(call: CapitalCall) -> dict[int, list[CapitalCallItem]]:
    """By commitment, the items of earlier calls of which a residual was carried to this call, and is still owed."""
    carried = (
        ResidualSettlement.objects.carried()
        .filter(fund=call.fund_id)
        .order_by("item", "-pk")
        .distinct("item")
    )
    found: dict[int, list[CapitalCallItem]] = defaultdict(list)
    for one in sorted(
        carried.select_related("item__call", "item__capital"), key=lambda one: one.item.call.number
    ):
        owed = one.item.capital
        comes_here = owed.status == "carried" if call.approved_at is None else owed.carried_to_id == call.pk
        if comes_here:
            found[one.commitment_id].append(one.item)
    return found


def due_facts(
    item: CapitalCallItem, carried: dict[int, list[CapitalCallItem]], netted: Sequence[dict] = ()
) -> dict:
    """What was waived of the item, by how much it was revised as a partner was excused, what was assumed with it, or of
    it, as an interest was transferred, what was carried to it, what is `netted` with distributions (the `amount` of
    each), and what is due in all; nothing where there is none of these."""
    brought = carried.get(item.commitment_id, [])
    waived = item.capital.waived
    changed = item.capital.revised
    taken_on = assumed_of(item) if changed else Decimal(0)
    revised = changed - taken_on
    if not waived and not revised and not taken_on and not brought and not netted:
        return {}
    due = item.amount_called + sum(one.capital.outstanding for one in brought)
    due -= sum(Decimal(one["amount"]) for one in netted)
    return {
        "waived": text(waived) if waived else None,
        "revised": text(revised) if revised else None,
        "excused": item.excuses.approved().exists(),
        "taken_on": text(taken_on) if taken_on else None,
        "carried": [{"number": one.call.number, "amount": text(one.capital.outstanding)} for one in brought],
        "netted": list(netted),
        "due": text(due),
    }


def outstanding_with(item: CapitalCallItem, carried: dict[int, list[CapitalCallItem]]) -> Decimal:
    """What is outstanding of the item by now, with what was carried to its call."""
    brought = carried.get(item.commitment_id, [])
    return item.capital.outstanding + sum((one.capital.outstanding for one in brought), Decimal(0))


def pays_by_refund(facts: dict) -> bool:
    """Whether a letter says that a refund will pay a part of it, as far as it is released."""
    return any("refund_of" in one for one in facts.get("netted") or ())


def assumed_of(item: CapitalCallItem) -> Decimal:
    """What its partner assumed of other items of the call with transfers of interests, below zero where another one
    assumed of it."""
    changes = LineChange.objects.filter(item=item, transfer_id__isnull=False)
    return changes.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]
