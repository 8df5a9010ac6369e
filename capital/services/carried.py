"""Letters that ask for what was carried to their call: the next version, where that is no longer so, or is so again."""

from datetime import datetime

from capital.models import CapitalCallItem, ResidualSettlement
from capital.notices import write_what_is_due
from capital.services.locks import lock_call
from capital.states import CALL_ISSUED
from funds.models import Notice
from funds.services.notices import nudge, queue_next_versions


def keep_letters_to_what_is_carried(item_ids, *, settled: bool = False, by, at: datetime) -> None:
    """After a payment, a reversal or a settlement (`settled`) of these items: one letter asks for each residual.

    A letter that was paid stays as it is. Whoever was sent the version before is sent the next one. Locks the calls.
    """
    carried = ResidualSettlement.objects.approved().filter(
        item__in=item_ids, kind=ResidualSettlement.Kind.CARRIED
    )
    found = CapitalCallItem.objects.filter(pk__in=list(carried.values_list("item", flat=True)))
    for item in found.select_related("call", "capital").order_by("pk"):
        if item.capital.outstanding or settled:
            _keep(item, by, at)


def _keep(item: CapitalCallItem, by, at) -> None:
    newest = (
        Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, commitment=item.commitment_id)
        .order_by("item_id", "-version")
        .distinct("item_id")
    )
    for letter in newest:
        asks = any(one["number"] == item.call.number for one in letter.facts.get("carried", ()))
        if asks == (item.capital.carried_to_id == letter.subject_id):
            continue
        call = lock_call(letter.subject_id)
        if call.status in CALL_ISSUED:
            asked = CapitalCallItem.objects.select_related("capital").get(pk=letter.item_id)
            written = write_what_is_due(call=call, item=asked, by=by, at=at)
            queue_next_versions(notices=written, by=by, at=at)
            nudge()
