"""What a transfer of an interest rests on: its day, what may still be owed, and what it would move."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from blackgem.lib.errors import Conflict, InvalidInput
from capital.models import CallItemCapital, LineChange, Payment
from capital.states import CALL_ISSUED
from closings.models import Refund, Transfer
from closings.queries.transfers import WorkedOutTransfer, work_out
from closings.services.assuming import check_may_be_assumed, check_nobody_is_excused
from closings.transfer_access import check_nothing_waits
from distributions.models import Distribution, DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import CapitalTransaction, Commitment, CommitmentEvent

Kind = CommitmentEvent.Kind


def check_transfer(transfer: Transfer, *, today: date) -> WorkedOutTransfer:
    """What a transfer would move, which need not be written. Raises what would refuse it, when it is asked for and when
    it takes effect."""
    check_day((transfer.transferor_id, transfer.transferee_id), transfer.effective_on, today)
    if transfer.transferee_id and transfer.transferor.kind != transfer.transferee.kind:
        raise Conflict(
            "transfer.other_kind",
            "An interest passes between limited partners, or between general partners.",
            field="transferee",
        )
    check_nothing_waits(transfer.fund)
    assumes = transfer.open_items == Transfer.OpenItems.ASSUMED
    if not assumes:
        check_nothing_is_owed_by(transfer.transferor)
    check_nothing_is_owed_to(transfer.transferor)
    worked_out = moved_of(transfer.transferor, transfer.share, transfer.effective_on, assumes=assumes)
    check_may_be_assumed(transfer, worked_out.assumed)
    check_nothing_open_was_returned(transfer, worked_out)
    check_nobody_is_excused([transfer.transferee_id], (one.line_id for one in worked_out.parts))
    if not worked_out.commitment:
        raise InvalidInput(
            "transfer.moves_nothing", "This share of the commitment comes to nothing.", field="share"
        )
    if worked_out.overdraws:
        raise Conflict(
            "transfer.overdraws",
            "Rounding would leave one of the two with more drawn than committed, or with more given back than it paid:"
            " say an amount instead.",
            field="share",
        )
    return worked_out


def check_nothing_open_was_returned(transfer: Transfer, worked_out: WorkedOutTransfer) -> None:
    """Whether nothing was returned to the transferor of capital that it owes, because its payment came back since: what
    was returned would pass on, and what it was returned of would not."""
    lines = [one.line_id for one in worked_out.assumed]
    if lines and returned_of(transfer.transferor_id, lines, worked_out):
        raise Conflict(
            "transfer.returned",
            "Capital was returned to the transferor whose payment came back since: that is paid again first.",
            field="open_items",
        )


def returned_of(partner_id: int, owed: Sequence[int], worked_out: WorkedOutTransfer) -> bool:
    """Whether more was returned to a partner than it has in the fund by now, in all or of a line that it owes."""
    paid: dict[int | None, Decimal] = defaultdict(Decimal)
    for row, _ in worked_out.rows:
        paid[row.line_id] += row.amount
    rows = CapitalTransaction.objects.filter(commitment=partner_id, given_back_line_id__in=owed)
    given_back = rows.order_by().values_list("given_back_line_id").annotate(back=-Sum("amount"))
    return worked_out.kept_in < 0 or any(back > paid[line] for line, back in given_back)


def moved_of(
    transferor: Commitment, share: Fraction, on: date, *, assumes: bool = False
) -> WorkedOutTransfer:
    """What a share of a partner's interest comes to from a day on; `assumes`: with what it owes. Raises Conflict where
    something of it was paid that is due later."""
    worked_out = work_out(
        transferor,
        committed=transferor.amounts.committed,
        released=transferor.amounts.released,
        share=share,
        on=on,
        assumes=assumes,
    )
    if any(row.due_on > on for row, _ in worked_out.rows):
        raise Conflict(
            "transfer.paid_ahead", "Something that the transferor paid is due after that day only."
        )
    return worked_out


def check_day(partners: Sequence[int | None], day: date, today: date) -> None:
    """Whether what these hold may move on a day: it has come, all are partners by then, and nothing came after it."""
    if day > today:
        raise InvalidInput(
            "effective_on.future", "The transfer must not take effect in the future.", field="effective_on"
        )
    events = CommitmentEvent.objects.filter(commitment__in=partners)
    if events.filter(kind=Kind.ADMITTED, effective_on__gt=day).exists():
        raise InvalidInput(
            "effective_on.before_admission", "Both are partners of the fund by then.", field="effective_on"
        )
    counted = events.filter(rejected_at=None)
    later = CapitalTransaction.objects.filter(commitment__in=partners, value_date__gt=day)
    if later.exists() or counted.filter(effective_on__gt=day).exists():
        raise Conflict(
            "transfer.rows_after_it", "One of the two has entries after that day.", field="effective_on"
        )
    if counted.filter(approved_at=None).exists():
        raise Conflict(
            "transfer.something_waits", "A change of one of the two commitments waits for approval."
        )


def check_nothing_is_owed_by(transferor: Commitment) -> None:
    """Whether all is paid that was called of it."""
    items = CallItemCapital.objects.filter(commitment=transferor, call__status__in=CALL_ISSUED)
    if items.exclude(outstanding=0).exists():
        raise Conflict(
            "open_item_unpaid",
            "What was called of the transferor is not paid yet: it is settled before its interest moves, or assumed.",
            field="transferor",
        )


def check_nothing_is_owed_to(transferor: Commitment) -> None:
    """Whether all was paid out that was declared; and nothing waived or charged to expenses, which stays its own."""
    shares = DistributionItem.objects.filter(
        commitment=transferor, distribution__status__in=DISTRIBUTION_ISSUED, gross_amount__gt=0
    )
    refunds = Refund.objects.filter(commitment=transferor).exclude(progress__outstanding=0)
    issued = Distribution.objects.filter(status__in=DISTRIBUTION_ISSUED)
    # What transfers moved to it of a payout that came back since moves again with the next one.
    moved = CapitalTransaction.objects.filter(commitment=transferor, transfer_id__isnull=False)
    came_back = moved.filter(distribution_id__in=issued.values("pk")).values("transfer_id", "distribution_id")
    came_back = came_back.annotate(net=Sum("amount")).filter(net=0).order_by()
    if shares.filter(capital__paid_out=0).exists() or came_back.exists() or refunds.exists():
        raise Conflict(
            "transfer.unpaid",
            "Something that was declared is still to be paid out to the transferor, which receives it.",
            field="transferor",
        )
    expensed = Payment.objects.filter(
        commitment=transferor, settlement__isnull=False, amount__gt=0, reversed_by_payment=None
    )
    waived = LineChange.objects.filter(commitment=transferor, changes_held=False)
    if expensed.exists() or waived.exists():
        raise Conflict(
            "transfer.residual_settled",
            "A rest of what the transferor owed was waived or charged to expenses: its interest does not move.",
            field="transferor",
        )
