"""Calls that ask for what was decided elsewhere: some partners, each for its own part of each line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, CapitalCallItem, CapitalCallItemLine, CapitalCallLine
from capital.services.calls import issue_decided
from capital.services.drafts import next_number, number_lines


@dataclass(frozen=True)
class AskedLine:
    """A line that is not written yet, what it asks of which commitment, and how these parts came about."""

    line: CapitalCallLine
    parts: Mapping[int, Decimal]
    basis: str = CapitalCallItemLine.Basis.EDITED

    @property
    def amount(self) -> Decimal:
        return sum(self.parts.values(), Decimal("0.00"))


def issue_collecting_call(
    call: CapitalCall,
    asked: Sequence[AskedLine],
    weights: Mapping[int, Decimal],
    *,
    fees: Mapping[int, dict] | None = None,
    ctx: WriteContext,
) -> CapitalCall:
    """Write and issue a call with these lines, in their order, as it was decided with what it collects for. Who is
    asked for nothing has no item. `weights` are what commitments come to by then; `fees` are, by commitment, how the
    fee in its part was worked out, for its letter.

    The fund and its partners are locked by the caller.
    """
    call.number = next_number(call.fund)
    call.total_amount = sum((one.amount for one in asked), Decimal("0.00"))
    call.save(force_insert=True)
    _write_parts(call, asked, weights)
    audit.record(
        verb="draft_call",
        ctx=ctx,
        subject=call,
        also=[call.fund],
        fund_id=call.fund_id,
        changes={"total_amount": [None, call.total_amount], "status": [None, call.status]},
    )
    issue_decided(call, ctx, fees=fees)
    return call


def _write_parts(call: CapitalCall, asked: Sequence[AskedLine], weights: Mapping[int, Decimal]) -> None:
    for position, one in enumerate(asked, start=1):
        one.line.call, one.line.fund, one.line.position, one.line.amount = (
            call,
            call.fund,
            position,
            one.amount,
        )
        one.line.split_by = CapitalCallLine.SplitBy.FIXED
    number_lines([one.line for one in asked])
    CapitalCallLine.objects.bulk_create(one.line for one in asked)
    owed: dict[int, Decimal] = defaultdict(Decimal)
    for one in asked:
        for commitment, amount in one.parts.items():
            owed[commitment] += amount
    items = CapitalCallItem.objects.bulk_create(
        CapitalCallItem(call=call, fund_id=call.fund_id, commitment_id=commitment, amount=amount)
        for commitment, amount in sorted(owed.items())
        if amount
    )
    by_partner = {item.commitment_id: item for item in items}
    CapitalCallItemLine.objects.bulk_create(
        CapitalCallItemLine(
            item=by_partner[commitment],
            line=one.line,
            call=call,
            fund_id=call.fund_id,
            commitment_id=commitment,
            reduces_unfunded=one.line.reduces_unfunded,
            counts_as_called=one.line.counts_as_called,
            amount=amount,
            weight=weights[commitment],
            basis=one.basis,
        )
        for one in asked
        for commitment, amount in one.parts.items()
        if amount
    )
