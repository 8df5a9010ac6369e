"""Letters that ask for what was carried to their call: the next version, where that is no longer so, or is so again."""

from decimal import Decimal

from django.db.models import QuerySet

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, CapitalCallItem, ResidualSettlement
from capital.notices import write_what_is_due
from capital.services.locks import lock_call
from capital.states import CALL_ISSUED
from funds.models import Notice
from funds.services.notices import nudge, queue_next_versions


def keep_letters_to_what_is_carried(item_ids, *, settled: bool = False, ctx: WriteContext) -> None:
    """After a payment, a reversal or a settlement (`settled`) of these items: one letter asks for each residual.

    A letter that was paid stays as it is. Whoever was sent the version before is sent the next one. Locks the calls.
    """
    carried = ResidualSettlement.objects.carried().filter(item__in=item_ids)
    for item in _items(carried):
        if item.capital.outstanding or settled:
            _keep(item, ctx)


def keep_letters_after_cancelling(call: CapitalCall, *, ctx: WriteContext) -> None:
    """What was carried to the call is due with the next one of each partner: that letter asks for it from here on."""
    partners = call.items.values("commitment")
    for item in _items(ResidualSettlement.objects.carried().filter(commitment__in=partners)):
        if item.capital.outstanding:
            _keep(item, ctx)


def _items(settlements) -> QuerySet[CapitalCallItem]:
    found = CapitalCallItem.objects.filter(pk__in=list(settlements.values_list("item", flat=True)))
    return found.select_related("call", "capital").order_by("pk")


def _keep(item: CapitalCallItem, ctx: WriteContext) -> None:
    newest = (
        Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, commitment=item.commitment_id)
        .order_by("item_id", "-version")
        .distinct("item_id")
    )
    for letter in newest:
        if _holds(letter, item):
            continue
        call = lock_call(letter.subject_id)
        if call.status in CALL_ISSUED:
            asked = CapitalCallItem.objects.select_related("capital").get(pk=letter.item_id)
            written = write_what_is_due(call=call, items=[asked], ctx=ctx)
            queue_next_versions(notices=written, ctx=ctx)
            nudge()


def _holds(letter: Notice, item: CapitalCallItem) -> bool:
    """Whether the letter asks for all that is outstanding of the item if that is due with its call, and else for none.

    One that asks for more than is left stays: what was paid since counts.
    """
    asked = next(
        (
            Decimal(one["amount"])
            for one in letter.facts.get("carried", ())
            if one["number"] == item.call.number
        ),
        None,
    )
    if item.capital.carried_to_id != letter.subject_id:
        return asked is None
    return asked is not None and asked >= item.capital.outstanding
