"""Who may do what with a call, its items and payments, and an allocation: services run these checks first, buttons ask
them for what they offer.

Each row has its `role`: that of the person who asks, in the row's fund. What a page has read already it gives; the rest
is read here. `revision` is that of the draft which the person saw: Conflict("stale_version") where it is no longer
the newest.
"""

from decimal import Decimal

from django.db.models import Sum

from blackgem.lib.checks import Offer, check_transition, offer, out_of_state
from blackgem.lib.errors import Conflict, InvalidInput
from blackgem.lib.money import format_money
from blackgem.lib.problems import raise_if
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallLine,
    Excuse,
    FundAllocation,
    LineChange,
    Payment,
    Receipt,
    ReceiptReturn,
    TakenPart,
)
from capital.queries.checks import Obstacles, moved_by_a_closing, obstacles_of
from capital.states import CALL_ISSUED, CallStatus
from funds.access import (
    DRAFT,
    MANAGE,
    check_decline,
    check_may,
    check_no_change_waits,
    check_role,
    check_second_person,
    check_sender,
)
from funds.models import ControlChange
from funds.queries.reversals import check_nothing_moved

# ---------------------------------------------------------------- a call


def check_change_draft(call: CapitalCall, by, *, revision: int | None = None) -> None:
    """Whether a draft may be written anew or deleted."""
    check_role(call.role, DRAFT)
    call.check_seen(revision)
    if call.status != CallStatus.DRAFT:
        raise out_of_state("call.not_a_draft", "Only a draft can be changed or deleted.")


def check_submit(
    call: CapitalCall, by, obstacles: Obstacles | None = None, *, revision: int | None = None
) -> None:
    """Whether approval of a draft may be asked for."""
    check_role(call.role, DRAFT)
    call.check_seen(revision)
    check_transition(call.submit)
    raise_if((obstacles or obstacles_of(call)).blocking)


def check_issue(
    call: CapitalCall, by, obstacles: Obstacles | None = None, *, revision: int | None = None
) -> None:
    """Whether a draft may be submitted and approved at once; where the fund demands a second person, only submitted."""
    check_role(call.role, MANAGE)
    call.check_seen(revision)
    check_transition(call.submit)
    obstacles = obstacles or obstacles_of(call)
    raise_if(obstacles.blocking)
    if not call.fund.four_eyes:
        _check_is_left(obstacles)


def check_approve(
    call: CapitalCall, by, obstacles: Obstacles | None = None, *, revision: int | None = None
) -> None:
    """Whether this person may approve a call, which issues it: Forbidden where a second person has to."""
    check_role(call.role, MANAGE)
    call.check_seen(revision)
    check_transition(call.approve)
    check_second_person(needed=call.four_eyes, first=call.submitted_by_id, second=by.pk)
    obstacles = obstacles or obstacles_of(call)
    raise_if(obstacles.blocking)
    _check_is_left(obstacles)


def _check_is_left(obstacles: Obstacles) -> None:
    """Say in words that more is called than is left, before a rail has to."""
    for error in obstacles.over:
        raise error


def check_send_back(call: CapitalCall, by, *, revision: int | None = None) -> None:
    """Whether approval may be refused for now, or the submission taken back by who made it."""
    check_decline(call.role, call.submitted_by_id, by)
    call.check_seen(revision)
    check_transition(call.send_back)


def check_cancel(call: CapitalCall, by, waits: bool | None = None) -> None:
    """Whether the call may be withdrawn: nothing of it is paid, and no change of it `waits`."""
    check_role(call.role, MANAGE)
    if call.status == CallStatus.CANCELLED:
        raise out_of_state("call.cancelled", "This call is cancelled already.")
    if call.capital.paid:
        raise Conflict("call.has_payments", "Something was paid on this call; reverse its payments first.")
    if call.status in CALL_ISSUED and moved_by_a_closing(call.pk):
        raise Conflict(
            "call.of_a_closing", "A later closing moved parts of lines by this call, or of its own: it stays."
        )
    check_transition(call.cancel)
    check_no_change_waits(call, ControlChange.Kind.CAPITAL_CALL, waits)


def check_reword(call: CapitalCall, by, waits: bool | None = None) -> None:
    """Whether the wording of an issued call may change: no other change of it `waits`."""
    check_role(call.role, MANAGE)
    if call.status not in CALL_ISSUED:
        raise out_of_state("call.not_issued", "Only an issued call is reworded; a draft is edited.")
    check_no_change_waits(call, ControlChange.Kind.CAPITAL_CALL, waits)


def check_send_notices(call: CapitalCall, by, obstacles: Obstacles | None = None) -> None:
    """Whether the notices may go out: of an issued call, or of a draft that one person may issue with it."""
    check_role(call.role, MANAGE)
    check_sender(call.fund)
    if call.status == CallStatus.DRAFT and not call.fund.four_eyes:
        check_issue(call, by, obstacles)
        return
    if call.status not in CALL_ISSUED:
        raise out_of_state("call.not_approved", "Notices are sent once the call is approved.")


def check_resend_notice(call: CapitalCall, by) -> None:
    """Whether one investor's newest notice may go out again: also the one that says that the call is cancelled."""
    check_role(call.role, MANAGE)
    check_sender(call.fund)
    if call.status not in (*CALL_ISSUED, CallStatus.CANCELLED):
        raise out_of_state("call.not_approved", "Notices are sent once the call is approved.")


def check_is_payable(call: CapitalCall) -> None:
    check_payable_while(call.status)


def check_payable_while(status: str) -> None:
    """Whether a call of this status may be paid."""
    if status not in CALL_ISSUED:
        raise out_of_state("call.not_payable", "Only an issued call can be paid.")


def check_owed(amount: Decimal, owed: Decimal, currency: str) -> None:
    """Whether a call of which this is owed takes that payment; both in the fund's currency."""
    if amount > owed:
        raise Conflict(
            "payment.over_call",
            f"This is more than is still owed on the call: {format_money(owed, currency)}. Record it as a receipt "
            "instead.",
            field="amount",
        )


#: What a page of a call offers, by the verb of its address.
CALL_CHECKS = {
    "edit": check_change_draft,
    "submit": check_submit,
    "issue": check_issue,
    "approve": check_approve,
    "send_back": check_send_back,
    "cancel": check_cancel,
    "reword": check_reword,
    "send": check_send_notices,
}
#: Those that ask what keeps a draft from being issued.
_ISSUING = ("submit", "issue", "approve", "send")
#: Those that another change may stand in the way of.
_CHANGING = ("cancel", "reword")


def call_offers(
    call: CapitalCall, by, obstacles: Obstacles | None = None, *, waits: bool | None = None
) -> dict[str, Offer]:
    """What this person may do with the call now; `call.fund` and `call.capital` are fetched."""
    read = dict.fromkeys(_ISSUING, obstacles) | dict.fromkeys(_CHANGING, waits)
    return {
        name: offer(check, call, by, *([read[name]] if name in read else []))
        for name, check in CALL_CHECKS.items()
    }


# ---------------------------------------------------------------- an item and its payments


def check_pay_item(item: CapitalCallItem, by, amount: Decimal | None = None) -> None:
    """Whether a payment may be recorded on the item: of `amount` (fund currency), or of anything that is owed."""
    check_role(item.role, MANAGE)
    check_is_payable(item.call)
    check_takes(item.capital.outstanding, amount, item.call.fund.currency)


def check_takes(owed: Decimal, amount: Decimal | None, currency: str) -> None:
    """Whether an item that owes so much takes a payment of `amount`, or any; both in the fund's currency."""
    if owed <= 0:
        raise Conflict("payment.over_item", "Nothing is owed here that could be paid.", field="amount")
    if amount is not None and amount > owed:
        left = format_money(owed, currency)
        raise Conflict("payment.over_item", f"This is more than is still owed: {left}.", field="amount")


def check_request_reversal(
    payment: Payment,
    by,
    *,
    is_asked: bool | None = None,
    is_moved: bool | None = None,
    applied: Decimal | None = None,
) -> None:
    """Whether the payment may be taken back: `is_asked` is whether somebody asked for that and was not turned down,
    `is_moved` whether another partner holds a part of it by now, `applied` what its receipt still pays of the item. A
    wire may bounce at any time: that others hold a part of it stands in the way of nothing."""
    check_role(payment.role, MANAGE)
    if payment.reverses_id:
        raise InvalidInput(
            "reversal.of_reversal", "A reversal cannot itself be reversed; record the payment again."
        )
    if payment.setoff_part_id:
        raise out_of_state(
            "payment.set_off",
            "This was set off against a distribution: take the set-off back, both sides at once.",
        )
    if payment.closing_id:
        raise out_of_state(
            "payment.of_closing",
            "A part of earlier distributions paid this at a later closing: it is taken back with the closing.",
        )
    if payment.excuse_id:
        raise InvalidInput(
            "reversal.of_freed",
            "This is what an excuse freed; apply it again from its receipt, or return it.",
        )
    if is_asked is None:
        is_asked = payment.reversal_requests.filter(rejected_at__isnull=True).exists()
    if is_asked:
        raise Conflict("reversal.exists", "A reversal of this payment was already asked for.")
    if payment.receipt_id is None:
        check_nothing_moved(payment, "payment_id", is_moved)
    check_is_applied(payment, applied)


def check_is_applied(payment: Payment, applied: Decimal | None = None) -> None:
    """Whether all of the payment still pays its item, of which its receipt pays `applied`: no excuse freed of it."""
    if applied is None:
        alike = Payment.objects.filter(item=payment.item_id, receipt=payment.receipt_id)
        applied = alike.aggregate(total=Sum("amount"))["total"]
    if applied < payment.amount:
        raise Conflict("payment.freed", "What an excuse freed of a payment is no longer taken back.")


def check_settle(item: CapitalCallItem, by, *, waits: bool | None = None) -> None:
    """Whether what is outstanding of the item may be settled; `waits` is whether a settlement of it does already."""
    check_role(item.role, MANAGE)
    if item.settlements.pending().exists() if waits is None else waits:
        raise Conflict("residual.settled", "A settlement of this item waits for approval already.")
    check_residual(item.call, item.capital.paid, item.capital.outstanding)


def check_residual(call: CapitalCall, paid: Decimal, outstanding: Decimal) -> None:
    """A residual is what a payment left of an issued call, within the fund's limit."""
    if call.status not in CALL_ISSUED or paid <= 0 or outstanding <= 0:
        raise out_of_state(
            "residual.none", "A residual is what a payment left of an issued call: there is none here."
        )
    limit, currency = call.fund.residual_limit, call.fund.currency
    if outstanding > limit:
        raise out_of_state(
            "residual.over_limit",
            f"{format_money(outstanding, currency)} is more than this fund settles: "
            f"{format_money(limit, currency)}.",
        )


def check_excuse(line: CapitalCallLine, held: Decimal, by, *, waits: bool | None = None) -> None:
    """Whether a partner that holds so much of a line may be excused from it now; `waits` is whether an excuse from its
    call does already."""
    check_role(line.role, MANAGE)
    if line.kind != CapitalCallLine.Kind.INVESTMENT:
        raise InvalidInput("excuse.not_investment", "A partner is excused from investments alone.")
    if line.call.status not in CALL_ISSUED:
        raise out_of_state("excuse.not_issued", "Only from an issued call is a partner excused like this.")
    if line.equalises_id or LineChange.objects.filter(line=line, closing_id__isnull=False).exists():
        raise Conflict(
            "excuse.after_closing",
            "A later closing moved parts of this line: nobody is excused from it any more.",
        )
    if TakenPart.objects.filter(line=line, transfer_id__isnull=False).exists():
        raise Conflict(
            "excuse.after_a_transfer", "Parts of this line were transferred: nobody is excused from it."
        )
    if held <= 0:
        raise Conflict("excuse.nothing_held", "There is nothing of this line from which it could be excused.")
    if Excuse.objects.pending().filter(call=line.call_id).exists() if waits is None else waits:
        raise Conflict("excuse.waits", "An excuse from this call waits for approval already.")


# ---------------------------------------------------------------- allocations and receipts


def check_amend(allocation: FundAllocation, by) -> None:
    """Whether what is committed may be raised or lowered."""
    check_role(allocation.role, MANAGE)


def check_draw_on(allocation: FundAllocation, by) -> None:
    """Whether a call may be drafted on the allocation."""
    check_role(allocation.role, DRAFT)
    check_is_callable(allocation)


def check_is_callable(allocation: FundAllocation) -> None:
    """Whether more may be called on it."""
    check_transition(allocation.create_call)


def check_handle(receipt: Receipt, by) -> None:
    """Whether cash of the receipt may be applied or returned."""
    check_role(receipt.role, MANAGE)
    check_is_unapplied(Decimal(0), receipt.capital.unapplied, receipt.fund.currency)


def check_take_back_return(returned: ReceiptReturn, by) -> None:
    """Whether a return may be taken back."""
    check_may(by, returned.fund_id, MANAGE)
    if returned.cancelled_at:
        raise out_of_state("return.taken_back", "This return is taken back already.")


def check_send_return_notice(returned: ReceiptReturn, by) -> None:
    """Whether the letter about a return may go out."""
    check_may(by, returned.fund_id, MANAGE)
    check_sender(returned.fund)
    if returned.commitment_id is None:
        raise out_of_state("return.of_nobody", "It was no partner’s money: there is no letter about it.")


def check_is_unapplied(amount: Decimal, left: Decimal, currency: str) -> None:
    """Whether this much of a receipt is left; both in the fund's currency."""
    if left <= 0 or amount > left:
        raise Conflict(
            "receipt.exceeded",
            f"Only {format_money(left, currency)} is left of this receipt.",
            field="amount",
        )
