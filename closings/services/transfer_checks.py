"""What a transfer of an interest rests on: its day, what may still be owed, and what it would move."""

from datetime import date
from fractions import Fraction

from blackgem.lib.errors import Conflict, InvalidInput
from capital.models import CallItemCapital, LineChange, Payment
from capital.states import CALL_ISSUED
from closings.models import Refund, Transfer
from closings.queries.transfers import WorkedOutTransfer, work_out
from closings.transfer_access import check_nothing_waits
from distributions.models import DistributionItem
from distributions.states import DISTRIBUTION_ISSUED
from funds.models import CapitalTransaction, Commitment, CommitmentEvent
from funds.queries.periods import check_open

Kind = CommitmentEvent.Kind


def check_transfer(transfer: Transfer, *, today: date) -> WorkedOutTransfer:
    """What a transfer would move, which need not be written. Raises what would refuse it, when it is asked for and when
    it takes effect."""
    _check_day(transfer, today)
    if transfer.transferee_id and transfer.transferor.kind != transfer.transferee.kind:
        raise Conflict(
            "transfer.other_kind",
            "An interest passes between limited partners, or between general partners.",
            field="transferee",
        )
    check_nothing_waits(transfer.fund)
    _check_nothing_is_owed(transfer.transferor)
    worked_out = work_out(
        transfer.transferor,
        committed=transfer.transferor.amounts.committed,
        released=transfer.transferor.amounts.released,
        share=Fraction(transfer.numerator, transfer.denominator),
        on=transfer.effective_on,
    )
    if any(row.due_on > transfer.effective_on for row, _ in worked_out.rows):
        raise Conflict(
            "transfer.paid_ahead", "Something that the transferor paid is due after that day only."
        )
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


def _check_day(transfer: Transfer, today: date) -> None:
    day = transfer.effective_on
    if day > today:
        raise InvalidInput(
            "effective_on.future", "The transfer must not take effect in the future.", field="effective_on"
        )
    check_open(transfer.fund, day, field="effective_on")
    both = (transfer.transferor_id, transfer.transferee_id)
    events = CommitmentEvent.objects.filter(commitment__in=both)
    if events.filter(kind=Kind.ADMITTED, effective_on__gt=day).exists():
        raise InvalidInput(
            "effective_on.before_admission", "Both are partners of the fund by then.", field="effective_on"
        )
    counted = events.filter(rejected_at=None)
    later = CapitalTransaction.objects.filter(commitment__in=both, value_date__gt=day)
    if later.exists() or counted.filter(effective_on__gt=day).exists():
        raise Conflict(
            "transfer.rows_after_it", "One of the two has entries after that day.", field="effective_on"
        )
    if counted.filter(approved_at=None).exists():
        raise Conflict(
            "transfer.something_waits", "A change of one of the two commitments waits for approval."
        )


def _check_nothing_is_owed(transferor: Commitment) -> None:
    """Nothing by it, nothing to it; and nothing that was waived for it or charged to expenses, which stays its own."""
    items = CallItemCapital.objects.filter(commitment=transferor, call__status__in=CALL_ISSUED)
    if items.exclude(outstanding=0).exists():
        raise Conflict(
            "open_item_unpaid",
            "What was called of the transferor is not paid yet: it is settled before its interest moves.",
            field="transferor",
        )
    shares = DistributionItem.objects.filter(
        commitment=transferor, distribution__status__in=DISTRIBUTION_ISSUED, gross_amount__gt=0
    )
    refunds = Refund.objects.filter(commitment=transferor).exclude(progress__outstanding=0)
    if shares.filter(capital__paid_out=0).exists() or refunds.exists():
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
