"""What a partner in default is told: each time the next version of the letter of the call, to its partner alone."""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CallItemCapital, CapitalCallItem
from capital.notices import write_what_is_due
from closings.models import Default, DefaultRemedy, DefaultWithdrawal
from closings.queries.defaults import accrued_of
from funds.services.notice_facts import text
from funds.services.notices import nudge, queue_next_versions


def tell_of_default(default: Default, ctx: WriteContext) -> None:
    """Once notice is given: what is owed, until when it may be cured, and the interest that accrues."""
    _tell(default, default.effective_on, "It is the notice that you are in default on this call.", ctx)


def tell_of_loss(remedy: DefaultRemedy, ctx: WriteContext) -> None:
    """Once a remedy took a part of the interest, or of the commitment: all that was taken by now, each from its day on,
    because the letter takes the place of every earlier one."""
    taken = DefaultRemedy.objects.approved().filter(default=remedy.default_id)
    losses = [_loss(one) for one in taken.exclude(kind__in=DefaultRemedy.CALLED).order_by("number")]
    note = "It says what the default costs you of your interest."
    _tell(remedy.default, remedy.effective_on, note, ctx, losses=losses)


def _loss(remedy: DefaultRemedy) -> dict:
    loss = {
        "kind": remedy.kind,
        "on": remedy.effective_on.isoformat(),
        "amount": text(remedy.amount),
        "clause": remedy.reason,
    }
    if remedy.share is not None:
        loss["share"] = f"{round(Decimal(remedy.numerator) / remedy.denominator, 8).normalize():f}"
    if remedy.kind == DefaultRemedy.Kind.SALE:
        loss |= {
            "value": text(remedy.value),
            "interest": text(remedy.interest),
            "costs": text(remedy.costs),
            "net": text(remedy.net),
        }
    return loss


def tell_of_withdrawal(withdrawal: DefaultWithdrawal, ctx: WriteContext) -> None:
    """Once a notice is withdrawn: that nobody is in default by it, and why."""
    default = withdrawal.default
    withdrawn = {
        "notice_on": default.effective_on.isoformat(),
        "on": ctx.today(withdrawal.fund).isoformat(),
        "reason": withdrawal.reason,
    }
    note = "It withdraws the notice that you were in default on this call."
    _write(default, note, {"default": None, "withdrawn": withdrawn}, ctx)


def _tell(default: Default, on: date, note: str, ctx: WriteContext, **more) -> None:
    capital = CallItemCapital.objects.get(item=default.item_id)
    facts = {
        "number": default.number,
        "on": default.effective_on.isoformat(),
        "due_on": default.due_on.isoformat(),
        "cure_by": default.cure_by.isoformat(),
        "rate": f"{default.rate.normalize():f}",
        "day_count": default.get_day_count_display().lower(),
        "clause": default.reason,
        "paid": text(capital.paid),
        "unpaid": text(capital.outstanding),
        "interest": text(accrued_of(default, on).total),
        "interest_on": on.isoformat(),
    }
    _write(default, note, {"default": facts | more, "withdrawn": None}, ctx)


def _write(default: Default, note: str, said: dict, ctx: WriteContext) -> None:
    item = CapitalCallItem.objects.select_related("capital", "call").get(pk=default.item_id)
    written = write_what_is_due(call=item.call, items=[item], change_note=note, said=said, ctx=ctx)
    queue_next_versions(notices=written, ctx=ctx)
    nudge()
