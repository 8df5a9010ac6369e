"""Writing what a transfer moves, or several that one decision led to: rows, parts of lines, shares in distributions,
and the register last, because what is unfunded is looked after with every statement."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from capital.models import TakenPart
from closings.models import AssumedPart, Transfer, TransferRow
from closings.queries.transfers import HeldRow, MovedPart, MovedShare
from distributions.models import TakenShare
from funds.models import Commitment, CommitmentEvent

Kind = CommitmentEvent.Kind


class Moved(Protocol):
    """What one transfer moves: `rows` of the ledger with what of each moves, in its sign."""

    @property
    def rows(self) -> Sequence[tuple[HeldRow, Decimal]]: ...
    @property
    def parts(self) -> Sequence[MovedPart]: ...
    @property
    def shares(self) -> Sequence[MovedShare]: ...
    @property
    def commitment(self) -> Decimal: ...
    @property
    def released(self) -> Decimal: ...


def next_number(fund) -> int:
    """Of the next transfer of a fund."""
    return (Transfer.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0) + 1


def post_moved(
    transfers: Sequence[tuple[Transfer, Moved]], ctx: WriteContext, *, assumed: Sequence[AssumedPart] = ()
) -> None:
    """Write what transfers of one transferor move that take effect together, and what is assumed of what it owes."""
    # First, because an item that is made for it asks whether its partner is drawn beyond what it promised.
    AssumedPart.objects.bulk_create(assumed)
    TransferRow.objects.bulk_create(
        TransferRow(transfer=transfer, fund_id=transfer.fund_id, row_id=row.pk, amount=amount)
        for transfer, moved in transfers
        for row, amount in moved.rows
    )
    TakenPart.objects.bulk_create(part for one in transfers for part in _parts(*one))
    TakenShare.objects.bulk_create(share for one in transfers for share in _shares(*one))
    events = [(transfer, event) for transfer, moved in transfers for event in _events(transfer, moved)]
    CommitmentEvent.objects.bulk_create(event for _, event in events)
    partners = Commitment.objects.filter(pk__in={event.commitment_id for _, event in events})
    names = dict(partners.values_list("pk", "investor__name"))
    for transfer, event in events:
        changed = "committed" if event.changes_commitment else "released"
        audit.record(
            verb="transfer_commitment",
            ctx=ctx,
            subject=event.commitment,
            also=[transfer],
            fund_id=transfer.fund_id,
            reason=transfer.reason,
            changes={"partner": [None, names[event.commitment_id]], changed: [None, event.amount]},
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


def _parts(transfer: Transfer, moved: Moved) -> list[TakenPart]:
    return [
        TakenPart(
            **_common(transfer),
            line_id=one.line_id,
            commitment_id=commitment,
            amount=sign * one.amount,
            weight=sign * one.weight,
            basis=one.basis,
        )
        for one in moved.parts
        for sign, commitment in _sides(transfer)
    ]


def _shares(transfer: Transfer, moved: Moved) -> list[TakenShare]:
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
        for one in moved.shares
        for sign, commitment in _sides(transfer)
    ]


def _turned(amount: str) -> str:
    return amount if not amount.strip("0.") else amount[1:] if amount.startswith("-") else f"-{amount}"


def _events(transfer: Transfer, moved: Moved) -> list[CommitmentEvent]:
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
        for changes, amount in ((True, moved.commitment), (False, -moved.released))
        for sign, kind, partner in (
            (-1, Kind.TRANSFER_OUT, transfer.transferor),
            (1, Kind.TRANSFER_IN, transfer.transferee),
        )
        if amount
    ]
