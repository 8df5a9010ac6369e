"""The notice of default: the next version of the letter of the call, to its partner alone."""

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem
from capital.notices import write_what_is_due
from closings.models import Default
from closings.queries.defaults import accrued_of
from funds.services.notice_facts import text
from funds.services.notices import nudge, queue_next_versions


def tell_of_default(default: Default, ctx: WriteContext) -> None:
    """Once notice is given: what is owed, until when it may be cured, and the interest that accrues."""
    item = CapitalCallItem.objects.select_related("capital", "call").get(pk=default.item_id)
    interest = accrued_of(default, default.effective_on)
    written = write_what_is_due(
        call=item.call,
        items=[item],
        change_note="It is the notice that you are in default on this call.",
        default={
            "number": default.number,
            "on": default.effective_on.isoformat(),
            "due_on": default.due_on.isoformat(),
            "cure_by": default.cure_by.isoformat(),
            "rate": f"{default.rate.normalize():f}",
            "day_count": default.get_day_count_display().lower(),
            "clause": default.reason,
            "paid": text(item.capital.paid),
            "unpaid": text(item.capital.outstanding),
            "interest": text(interest.total),
        },
        ctx=ctx,
    )
    queue_next_versions(notices=written, ctx=ctx)
    nudge()
