"""Who may do what with a closing: services run these checks first, buttons ask them for what they offer."""

from decimal import Decimal

from django.db.models import Sum

from blackgem.lib.checks import Offer, check_transition, offer, offers, out_of_state
from blackgem.lib.days import day_in_words
from blackgem.lib.errors import Conflict
from closings.models import Closing, RefundPayout, SetoffPart, Transfer
from closings.queries.setoffs import is_moved_since
from closings.states import ClosingStatus
from distributions.queries.called_again import HELD_FOR_IT
from funds.access import DRAFT, MANAGE, check_role, check_second_person, check_sender
from funds.queries.reversals import ROWS_MOVED


def check_change(closing: Closing, by, *, revision: int | None = None) -> None:
    """Whether a draft may be written anew."""
    check_role(closing.role, DRAFT)
    closing.check_seen(revision)
    if closing.status != ClosingStatus.DRAFT:
        raise out_of_state("closing.not_a_draft", "Only a draft can be changed.")


def check_no_later_transfer(closing: Closing) -> None:
    """Whether no interest was transferred after the day of the closing, on which others held what it takes from."""
    later = Transfer.objects.approved().filter(fund=closing.fund, effective_on__gt=closing.held_on)
    if found := later.order_by("effective_on").last():
        raise Conflict(
            "closing.before_a_transfer",
            f"An interest in this fund was transferred on {day_in_words(found.effective_on)}, after the day of this"
            " closing.",
            field="held_on",
        )


def check_submit(closing: Closing, by, *, revision: int | None = None) -> None:
    """Whether approval of a draft may be asked for."""
    check_role(closing.role, MANAGE)
    closing.check_seen(revision)
    check_transition(closing.submit)
    check_no_later_transfer(closing)


def check_settle(closing: Closing, by, *, revision: int | None = None) -> None:
    """Whether it may be settled: by another person than who submitted it, where the fund demands that."""
    check_role(closing.role, MANAGE)
    closing.check_seen(revision)
    check_transition(closing.settle)
    check_second_person(needed=closing.four_eyes, first=closing.submitted_by_id, second=by.pk)
    check_no_later_transfer(closing)


def check_send_back(closing: Closing, by, *, revision: int | None = None) -> None:
    """Whether it may go back to draft."""
    check_role(closing.role, MANAGE)
    closing.check_seen(revision)
    check_transition(closing.send_back)


def check_cancel(closing: Closing, by) -> None:
    """Whether it may be withdrawn."""
    check_role(closing.role, DRAFT if closing.status == ClosingStatus.DRAFT else MANAGE)
    check_transition(closing.cancel)


def _paid_by_shares(closing: Closing) -> Decimal:
    """What of its call parts of earlier distributions paid as it was settled."""
    return closing.refunds.aggregate(paid=Sum("set_off"))["paid"] or Decimal(0)


def pays_a_call(closing: Closing) -> bool:
    """Whether one of its refunds is set off against a call."""
    parts = SetoffPart.objects.filter(closing=closing, setoff__approved_at__isnull=False)
    return parts.exclude(reversals__approved_at__isnull=False).exists()


def check_reverse(
    closing: Closing, by, *, is_asked: bool | None = None, is_set_off: bool | None = None
) -> None:
    """Whether the whole closing may be taken back: `is_asked` is whether somebody asked for that and was not turned
    down, `is_set_off` whether one of its refunds pays a call."""
    check_role(closing.role, MANAGE)
    check_transition(closing.reverse)
    if closing.reversals.filter(rejected_at=None).exists() if is_asked is None else is_asked:
        raise Conflict("reversal.exists", "The reversal of this closing waits for approval already.")
    if pays_a_call(closing) if is_set_off is None else is_set_off:
        raise Conflict(
            "closing.set_off", "Refunds of this closing are set off against a call: take that back first."
        )
    if closing.call_id and closing.call.capital.paid and closing.call.capital.paid > _paid_by_shares(closing):
        raise Conflict(
            "closing.paid", "Something of this closing is paid: take the payments back first, or keep it."
        )


NOTHING_RELEASED = Conflict(
    "refund.nothing_released", "Nothing more may be paid out before later partners have paid more."
)


HELD = Conflict(
    "refund.held",
    "New bank details of this partner wait to be verified: the refund waits until they are decided.",
)


def check_pay_refunds(closing: Closing, by, *, has_come: bool = True) -> None:
    """Whether refunds of it may be paid out; `has_come` is whether later partners have paid anything."""
    check_role(closing.role, MANAGE)
    if closing.status != ClosingStatus.SETTLED:
        raise out_of_state("closing.not_settled", "Refunds are paid out once the closing is settled.")
    if not has_come:
        raise NOTHING_RELEASED


def check_request_refund_reversal(
    payout: RefundPayout, by, *, is_asked: bool | None = None, is_moved: bool | None = None
) -> None:
    """Whether a payout of a refund may be taken back: `is_asked` is whether somebody asked for that and was not turned
    down. Whether another partner holds a part of it by now (`is_moved`) stands in the way of nothing: the bank returned
    it."""
    check_role(payout.role, MANAGE)
    if payout.by_distribution:
        raise out_of_state(
            "refund.of_closing",
            "What the partner gives of earlier distributions paid this: it is taken back with the closing.",
        )
    if payout.setoff_part_id:
        raise out_of_state(
            "refund.of_setoff",
            "This paid what the partner owed of a call: it is taken back with the set-off.",
        )
    if is_asked is None:
        is_asked = payout.reversal_requests.filter(rejected_at__isnull=True).exists()
    if payout.reverses_id or is_asked:
        raise Conflict("reversal.exists", "This payout was taken back, or that was asked for already.")


def check_request_setoff_reversal(
    part: SetoffPart, by, *, is_asked: bool | None = None, is_moved: bool | None = None
) -> None:
    """Whether one partner's part of a set-off may be taken back: `is_asked` is whether somebody asked for that and was
    not turned down, `is_moved` whether another partner holds a part of it by now."""
    check_role(part.role, MANAGE)
    if not part.setoff.approved_at:
        raise out_of_state("setoff.not_approved", "Only what was set off is taken back.")
    if part.reversals.filter(rejected_at=None).exists() if is_asked is None else is_asked:
        raise Conflict("reversal.exists", "This was taken back, or that was asked for already.")
    parts = SetoffPart.objects.filter(is_moved_since(), pk=part.pk)
    if parts.exists() if is_moved is None else is_moved:
        raise Conflict(
            ROWS_MOVED.code,
            "Another partner holds a part of this since a transfer or a later closing: the interest is transferred back"
            f" first. Where only the wire of the rest came back, the set-off stands. {HELD_FOR_IT}",
        )


def check_send_notices(closing: Closing, by) -> None:
    """Whether the letters of its refunds may go out."""
    check_role(closing.role, MANAGE)
    check_sender(closing.fund)
    if closing.status != ClosingStatus.SETTLED:
        raise out_of_state("closing.not_settled", "Notices are sent once the closing is settled.")


#: By the name of each: what the page of a closing offers.
CLOSING_CHECKS = {
    "edit": check_change,
    "submit": check_submit,
    "settle": check_settle,
    "send_back": check_send_back,
    "cancel": check_cancel,
    "send_notices": check_send_notices,
}


def closing_offers(closing: Closing, by, *, has_come: bool) -> dict[str, Offer]:
    """What this person may do with the closing of `closing_of` now; `has_come` is whether later partners have paid."""
    return {
        **offers(CLOSING_CHECKS, closing, by),
        "reverse": offer(
            check_reverse,
            closing,
            by,
            is_asked=closing.reversal_reason is not None,
            is_set_off=closing.is_set_off,
        ),
        "pay_refunds": offer(check_pay_refunds, closing, by, has_come=has_come),
    }
