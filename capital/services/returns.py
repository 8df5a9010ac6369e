"""Unapplied cash that goes back to its payer, the letter about it, and the return that is taken back."""

from datetime import date

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from capital.access import check_send_return_notice, check_take_back_return
from capital.models import Receipt, ReceiptReturn
from capital.queries.returns import check_is_of, holder_of, obstacles_of_return
from capital.return_notices import KIND, draft_of_return, write_return_notice, write_taken_back
from capital.services.incoming import check_fields
from capital.services.receipts import check_left, lock_receipt
from funds.access import MANAGE, check_may
from funds.models import Commitment, Notice
from funds.services.notices import nudge, queue_newest


@service
def return_receipt(
    *, receipt_id, amount, value_date: date, reason: str, investor_id=None, ctx: WriteContext
) -> ReceiptReturn:
    """Send unapplied cash back to its payer. Where it was a partner's, `investor_id` says whose, and a letter about it
    is written, which a person sends (`send_return_notice`)."""
    receipt = lock_receipt(ctx.by, receipt_id)
    returned = _checked(receipt, amount, value_date, reason, investor_id, ctx)
    if returned.commitment:
        # Letters of one partner are numbered in turn.
        Commitment.objects.select_for_update(no_key=True).get(pk=returned.commitment_id)
    returned.save(force_insert=True)
    write_return_notice(returned, ctx)
    audit.record(
        verb="return_receipt",
        ctx=ctx,
        subject=receipt,
        also=[receipt.fund, *([returned.commitment] if returned.commitment else [])],
        fund_id=receipt.fund_id,
        reason=reason,
        changes={"returned": [None, returned.amount]},
    )
    nudge()
    return returned


def draft_return_notice(
    *, receipt: Receipt, amount, value_date: date, reason: str, investor_id=None, ctx: WriteContext
) -> Notice | None:
    """The letter that this return would bring, in memory alone; None where it is no partner's money."""
    check_may(ctx.by, receipt.fund_id, MANAGE)
    returned = _checked(receipt, amount, value_date, reason, investor_id, ctx)
    return draft_of_return(returned, today=ctx.today(receipt.fund))


def _checked(receipt: Receipt, amount, value_date, reason, investor_id, ctx) -> ReceiptReturn:
    """The row of a return that may be written; what may not raises why."""
    amount = parse_amount(amount, currency=receipt.fund.currency, field="amount")
    if value_date > ctx.today(receipt.fund) or value_date < receipt.value_date:
        raise InvalidInput(
            "value_date.invalid",
            "Money is returned after it arrived and not in the future.",
            field="value_date",
        )
    check_reason(reason, "Say why the money is returned.")
    check_left(receipt, amount)
    returned = ReceiptReturn(
        receipt=receipt,
        fund=receipt.fund,
        commitment=_partner(receipt, investor_id),
        amount=amount,
        value_date=value_date,
        reason=reason.strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    check_fields(returned, "value_date", "reason")
    return returned


def check_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise InvalidInput("reason.required", words, field="reason")


def _partner(receipt: Receipt, investor_id) -> Commitment | None:
    """Whose money it was: the partner for whom it is held, else the one of this investor. Raises NotFound where that is
    no partner of the fund, Conflict where the money is another's."""
    holder = holder_of(receipt)
    if investor_id is None:
        return holder
    found = Commitment.objects.select_related("investor", "fund").filter(
        fund=receipt.fund_id, investor=investor_id
    )
    commitment = found.first()
    if commitment is None:
        raise NotFound("investor.not_found", "This investor is no partner of the fund.")
    check_is_of(receipt, commitment, holder)
    return commitment


@service
def take_back_return(*, return_id, value_date: date, reason: str, ctx: WriteContext) -> ReceiptReturn:
    """Take a return back, whole: the money came back on this day, or never left. It waits on its receipt again, and the
    partner who has a letter about it is told, and why."""
    returned = _lock(ctx.by, return_id)
    check_take_back_return(returned, ctx.by)
    fund = returned.fund
    if value_date > ctx.today(fund) or value_date < returned.value_date:
        raise InvalidInput(
            "value_date.invalid",
            "It came back after it was returned, or on that day, and not in the future.",
            field="value_date",
        )
    check_reason(reason, "Say why the return is taken back.")
    back = ReceiptReturn(
        receipt=returned.receipt,
        fund=fund,
        commitment=returned.commitment,
        takes_back=returned,
        amount=-returned.amount,
        value_date=value_date,
        reason=reason.strip(),
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    check_fields(back, "value_date", "reason")
    back.save(force_insert=True)
    if returned.commitment:
        write_taken_back(returned, reason=back.reason, ctx=ctx)
    audit.record(
        verb="take_back_return",
        ctx=ctx,
        subject=returned.receipt,
        also=[fund, *([returned.commitment] if returned.commitment else [])],
        fund_id=fund.pk,
        reason=reason,
        changes={"returned": [returned.amount, None]},
    )
    return back


@service
def send_return_notice(*, return_id, resend: bool = False, ctx: WriteContext) -> int:
    """Queue the letter about a return, and return how many were queued: twice sends nothing twice unless `resend`."""
    returned = _lock(ctx.by, return_id)
    check_send_return_notice(returned, ctx.by)
    if problems := obstacles_of_return(returned):
        raise Conflict(problems[0].code, " ".join(one.message for one in problems), problems=problems)
    return queue_newest(subject=returned, kind=KIND, resend=resend, ctx=ctx)


def _lock(by, return_id) -> ReceiptReturn:
    """The return, its receipt locked. Raises NotFound for what is none, such as a row that takes one back."""
    rows = ReceiptReturn.objects.select_related(
        "fund", "receipt", "commitment__investor", "commitment__fund"
    ).filter(pk=return_id, takes_back=None)
    returned = rows.first()
    if returned is None:
        raise NotFound("return.not_found", "There is no such return of unapplied cash.")
    lock_receipt(by, returned.receipt_id)
    return returned
