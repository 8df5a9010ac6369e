"""Transferring a partner's interest in a fund, or an exact share of it, to another partner of the fund.

What moves is worked out when the transfer takes effect, under the locks. Every row of the ledger that the transferor
holds moves by its share, and so do the parts of lines and the shares in distributions that the rows paid; then the
register. The fund's totals stay what they were.
"""

from datetime import date
from fractions import Fraction

from django.db.models import Max, Q

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.sql import service
from capital.models import (
    CallItemCapital,
    CapitalCall,
    Excuse,
    LineChange,
    Payment,
    PaymentReversal,
    ResidualSettlement,
    TakenPart,
)
from capital.states import CALL_ISSUED
from closings.calc.transfers import check_share, share_of
from closings.models import Closing, Refund, RefundPayoutReversal, Transfer, TransferRow
from closings.queries.transfers import WorkedOutTransfer, work_out
from distributions.models import Distribution, DistributionItem, PayoutReversal, TakenShare
from distributions.states import DISTRIBUTION_ISSUED
from funds.access import MANAGE, check_may
from funds.models import CapitalTransaction, Commitment, CommitmentEvent, Fund
from funds.services.decidable import Decidable

Kind = CommitmentEvent.Kind
#: A denominator beyond this is no share that anybody agreed on.
MOST = 10**15


@service
def request_transfer(
    *,
    fund_id,
    transferor_id,
    transferee_id,
    reason: str,
    numerator: int | None = None,
    denominator: int | None = None,
    amount=None,
    effective_on: date | None = None,
    note: str = "",
    ctx: WriteContext,
) -> Transfer:
    """Transfer a share of a partner's interest, `numerator` of `denominator`, or what an `amount` of its commitment is
    of it, to another partner of the fund, from a day on (the fund's today). Without four eyes it counts at once;
    otherwise a second person approves it.

    Raises InvalidInput for what is no share, a day ahead or before either was admitted, and for one partner; Conflict
    where another transfer waits, where anything of the fund waits to be decided or issued, where something is owed by
    the transferor or to it, where either has rows or events after that day, and for a share that rounding would leave
    overdrawn.
    """
    role = check_may(ctx.by, fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=fund_id)
    transfer = Transfer(
        fund=fund,
        number=_next_number(fund),
        transferor=_partner(fund, transferor_id, "transferor"),
        transferee=_partner(fund, transferee_id, "transferee"),
        effective_on=effective_on or ctx.today(fund),
        reason=(reason or "").strip(),
        note=(note or "").strip(),
        four_eyes=fund.four_eyes,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    transfer.role = role
    if not transfer.reason:
        raise InvalidInput("reason.required", "Say why the interest is transferred.", field="reason")
    if transfer.transferor_id == transfer.transferee_id:
        raise InvalidInput(
            "transfer.same_partner", "An interest passes to another partner.", field="transferee"
        )
    _lock(transfer)
    share = _share(transfer, numerator, denominator, amount)
    transfer.numerator, transfer.denominator = share.numerator, share.denominator
    if Transfer.objects.pending().filter(fund=fund).exists():
        raise Conflict("transfer.waits", "Another transfer of this fund waits for approval.")
    worked_out = check_transfer(transfer, today=ctx.today(fund))
    return TRANSFERS.ask(transfer, ctx=ctx, changes=_told(worked_out))


@service
def approve_transfer(*, transfer_id, ctx: WriteContext) -> Transfer:
    """Let a transfer take effect; where the fund demanded it, as another person than the one who asked. What moves is
    worked out as things stand by now."""
    return TRANSFERS.approve(transfer_id, ctx=ctx)


@service
def reject_transfer(*, transfer_id, ctx: WriteContext) -> Transfer:
    """Turn a transfer down: everybody keeps what they hold."""
    return TRANSFERS.reject(transfer_id, ctx=ctx)


# ---------------------------------------------------------------- what it rests on


def _next_number(fund) -> int:
    return (Transfer.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0) + 1


def _partner(fund, commitment_id, field: str) -> Commitment:
    found = Commitment.objects.select_related("fund", "investor").filter(fund=fund, pk=commitment_id).first()
    if found is None:
        raise NotFound("commitment.not_found", "This is no partner of the fund.", field=field)
    return found


def _share(transfer: Transfer, numerator, denominator, amount) -> Fraction:
    """The exact share, in lowest terms."""
    if amount is not None:
        asked = parse_amount(amount, currency=transfer.fund.currency, field="amount")
        share = share_of(asked, transfer.transferor.amounts.committed)
    else:
        if not numerator or not denominator or denominator > MOST:
            raise InvalidInput("share_out_of_range", "Say which share moves, or an amount.", field="share")
        share = Fraction(numerator, denominator)
    return check_share(share)


def _lock(transfer: Transfer) -> None:
    """The fund, then the two partners; every service that writes what is checked here takes one of these first."""
    Fund.objects.select_for_update(no_key=True).get(pk=transfer.fund_id)
    both = Commitment.objects.filter(pk__in=(transfer.transferor_id, transfer.transferee_id))
    list(both.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def check_transfer(transfer: Transfer, *, today: date) -> WorkedOutTransfer:
    """What a transfer would move, which need not be written. Raises what would refuse it, when it is asked for and when
    it takes effect."""
    _check_day(transfer, today)
    if transfer.transferor.kind != transfer.transferee.kind:
        raise Conflict(
            "transfer.other_kind", "An interest passes between limited partners, or between general partners."
        )
    _check_nothing_waits(transfer.fund)
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


def _check_nothing_waits(fund: Fund) -> None:
    waiting = Q(approved_at=None, rejected_at=None)
    if (
        CapitalCall.objects.filter(fund=fund, status="pending_approval").exists()
        or Distribution.objects.filter(fund=fund, status__in=("pending_approval", "approved")).exists()
        or Closing.objects.filter(fund=fund, status="pending_approval").exists()
        or any(model.objects.filter(waiting, fund=fund).exists() for model in (Excuse, ResidualSettlement))
        or any(
            model.objects.pending().filter(**{f"{path}__fund": fund}).exists()
            for model, path in (
                (PaymentReversal, "payment"),
                (PayoutReversal, "payout"),
                (RefundPayoutReversal, "payout"),
            )
        )
    ):
        raise Conflict(
            "transfer.something_waits",
            "Something of this fund waits: it is decided or issued before a transfer.",
        )


def _check_nothing_is_owed(transferor: Commitment) -> None:
    """Nothing by it, nothing to it; and nothing that was waived for it or charged to expenses, which stays its own."""
    items = CallItemCapital.objects.filter(commitment=transferor, call__status__in=CALL_ISSUED)
    if items.exclude(outstanding=0).exists():
        raise Conflict("open_item_unpaid", "What was called of the transferor is not paid yet.")
    shares = DistributionItem.objects.filter(
        commitment=transferor, distribution__status__in=DISTRIBUTION_ISSUED, gross_amount__gt=0
    )
    refunds = Refund.objects.filter(commitment=transferor).exclude(progress__outstanding=0)
    if shares.filter(capital__paid_out=0).exists() or refunds.exists():
        raise Conflict("transfer.unpaid", "Something is still to be paid out to the transferor.")
    expensed = Payment.objects.filter(
        commitment=transferor, receipt=None, amount__gt=0, reversed_by_payment=None
    )
    waived = LineChange.objects.filter(commitment=transferor, changes_held=False)
    if expensed.exists() or waived.exists():
        raise Conflict(
            "transfer.residual_settled",
            "A rest of what the transferor owed was waived or charged to expenses: its interest does not move.",
        )


# ---------------------------------------------------------------- what it does


def _told(worked_out: WorkedOutTransfer) -> dict:
    return {"transferred": [None, worked_out.commitment]}


def _take_effect(transfer: Transfer, ctx: WriteContext) -> None:
    worked_out = check_transfer(transfer, today=ctx.today(transfer.fund))
    TRANSFERS.approved(transfer, ctx, changes=_told(worked_out))
    TransferRow.objects.bulk_create(
        TransferRow(transfer=transfer, fund_id=transfer.fund_id, row_id=row.pk, amount=amount)
        for row, amount in worked_out.rows
    )
    TakenPart.objects.bulk_create(_parts(transfer, worked_out))
    TakenShare.objects.bulk_create(_shares(transfer, worked_out))
    for event in CommitmentEvent.objects.bulk_create(_events(transfer, worked_out)):
        audit.record(
            verb="transfer_commitment",
            ctx=ctx,
            subject=event.commitment,
            also=[transfer],
            fund_id=transfer.fund_id,
            reason=transfer.reason,
            changes={"committed" if event.changes_commitment else "released": [None, event.amount]},
        )


def _sides(transfer: Transfer):
    """Whose it was, with the sign turned, and whose it is."""
    return ((-1, transfer.transferor_id), (1, transfer.transferee_id))


def _common(transfer: Transfer) -> dict:
    return {
        "transfer_id": transfer.pk,
        "fund_id": transfer.fund_id,
        "effective_on": transfer.effective_on,
        "recorded_at": transfer.approved_at,
    }


def _parts(transfer: Transfer, worked_out: WorkedOutTransfer) -> list[TakenPart]:
    return [
        TakenPart(
            **_common(transfer),
            line_id=one.line_id,
            commitment_id=commitment,
            amount=sign * one.amount,
            weight=sign * one.weight,
            basis=one.basis,
        )
        for one in worked_out.parts
        for sign, commitment in _sides(transfer)
    ]


def _shares(transfer: Transfer, worked_out: WorkedOutTransfer) -> list[TakenShare]:
    return [
        TakenShare(
            **_common(transfer),
            distribution_id=one.distribution_id,
            commitment_id=commitment,
            gross_amount=sign * one.gross_amount,
            return_of_capital=sign * one.return_of_capital,
            preferred_return=sign * one.preferred_return,
            profit_share=sign * one.profit_share,
            carried_interest=sign * one.carried_interest,
            recallable_amount=sign * one.recallable_amount,
            withholding_tax=sign * one.withholding_tax,
            tiers=[[amount if sign > 0 else _turned(amount) for amount in tier] for tier in one.tiers],
        )
        for one in worked_out.shares
        for sign, commitment in _sides(transfer)
    ]


def _turned(amount: str) -> str:
    return amount if not amount.strip("0.") else amount[1:] if amount.startswith("-") else f"-{amount}"


def _events(transfer: Transfer, worked_out: WorkedOutTransfer) -> list[CommitmentEvent]:
    """The register: the commitment, and what of it may no longer be called, which lowers what may be."""
    return [
        CommitmentEvent(
            **_common(transfer),
            commitment=partner,
            kind=kind,
            changes_commitment=changes,
            amount=sign * amount,
            reason=transfer.reason,
            four_eyes=False,
            recorded_by_id=transfer.approved_by_id,
            approved_at=transfer.approved_at,
            approved_by_id=transfer.approved_by_id,
        )
        for changes, amount in ((True, worked_out.commitment), (False, -worked_out.released))
        for sign, kind, partner in (
            (-1, Kind.TRANSFER_OUT, transfer.transferor),
            (1, Kind.TRANSFER_IN, transfer.transferee),
        )
        if amount
    ]


TRANSFERS = Decidable(
    pending=Transfer.objects.pending,
    fetch=("fund", "transferor__fund", "transferor__investor", "transferee__fund", "transferee__investor"),
    code="transfer",
    noun="transfer",
    asked="request_transfer",
    granted="transfer_interest",
    refused="reject_transfer",
    also=lambda transfer: [transfer.transferor, transfer.transferee],
    lock=_lock,
    effect=_take_effect,
)
