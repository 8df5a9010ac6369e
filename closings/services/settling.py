"""Settling a closing: the register, the parts of every line, the call that collects, and the refunds, at once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from blackgem.lib.context import WriteContext
from blackgem.lib.money import unit_of
from capital.models import (
    CapitalCall,
    CapitalCallItem,
    CapitalCallItemLine,
    CapitalCallLine,
    FundAllocation,
    LineChange,
)
from capital.services.collecting import AskedLine, issue_collecting_call
from capital.services.moves import move_allocations, move_call
from capital.states import CALL_ISSUED
from closings.calc.equalise import LineChange as Moved
from closings.calc.sides import lacking
from closings.calc.terms import Resplit
from closings.models import Closing, EqualisationPart, Refund
from closings.notices import tell_of_closing
from closings.queries.fees_shown import fees_told
from closings.queries.working import Party, Root, Source, WorkedOutClosing
from closings.services.sharing import pay_by_shares, share_anew
from fees.services.late import write_catch_ups
from funds.models import Commitment, CommitmentEvent, Fund
from funds.services.partners import partner_by_closing
from funds.services.register import admit_by_closing

ZERO = Decimal("0.00")
Kind = CapitalCallLine.Kind
Basis = CapitalCallItemLine.Basis
#: What the call that collects says of itself.
COLLECTS = (
    "You joined the fund, or committed more to it, at a later closing. Under the agreement you take part in everything "
    "as if you had from the first closing on. This call asks for your part of what was called before, for fees for the "
    "time since then where they are owed, and for interest, where it is, on what others paid in your place."
)


def lock_register(fund: Fund) -> None:
    """The partners of a fund and all items of its issued calls, in the order in which everyone locks: what is held and
    paid stays as it is until commit."""
    for rows in (
        Commitment.objects.filter(fund=fund),
        CapitalCallItem.objects.filter(fund=fund, call__status__in=CALL_ISSUED),
    ):
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def settle(worked_out: WorkedOutClosing, ctx: WriteContext) -> None:
    """Write all that a closing comes to, under the locks of `lock_register`."""
    closing = worked_out.closing
    closing.save(update_fields=["status", "approved_by", "approved_at"])
    worked_out = _with_partners(worked_out, ctx)
    who = {one.investor_id: one.commitment_id for one in worked_out.parties}
    roots = {root.line.pk: root for root in worked_out.roots}
    lowered = [change for change in _take_from_holders(worked_out, roots, who, ctx) if change.changes_owed]
    for call_id in sorted({change.call_id for change in lowered}):
        move_call(call_id, "revise", ctx=ctx)
    drawn_on = [change.allocation_id for change in lowered if change.allocation_id]
    move_allocations(drawn_on, "revise", ctx=ctx)
    _write_parts(worked_out, who)
    share_anew(worked_out, who, ctx)
    fees = {who[key]: row for key, row in worked_out.fees.rows.items()}
    said = {who[key]: facts for key, facts in fees_told(worked_out).items()}
    closing.call = _collect(worked_out, roots, who, said, ctx)
    closing.save(update_fields=["call"])
    if closing.call:
        write_catch_ups(fees, said, closing.call, ctx)
    pay_by_shares(worked_out, who, ctx)
    tell_of_closing(closing, ctx)


# ---------------------------------------------------------------- the register


def _with_partners(worked_out: WorkedOutClosing, ctx: WriteContext) -> WorkedOutClosing:
    """The same once everybody is in the register."""
    parties = tuple(_in_register(one, worked_out.closing, ctx) for one in worked_out.parties)
    return replace(worked_out, parties=parties)


def _in_register(party: Party, closing: Closing, ctx: WriteContext) -> Party:
    added = party.after - party.before
    if not added:
        return party
    if party.commitment_id is None:
        commitment = partner_by_closing(
            fund=closing.fund,
            investor_id=party.investor_id,
            kind=party.kind,
            reference=party.reference,
            closing_date=closing.held_on,
            amount=added,
            ctx=ctx,
        )
    else:
        commitment = Commitment.objects.select_related("investor").get(pk=party.commitment_id)
        commitment.fund = closing.fund
        admit_by_closing(
            commitment,
            CommitmentEvent.Kind.INCREASED,
            added,
            closing.held_on,
            reason=f"{closing}",
            ctx=ctx,
        )
    return replace(party, commitment_id=commitment.pk)


# ---------------------------------------------------------------- the lines


def _take_from_holders(
    worked_out, roots: dict[int, Root], who: dict[int, int], ctx: WriteContext
) -> list[LineChange]:
    """Post what goes back: first off what was not paid, then off what was, from the part that came last."""
    closing, rows = worked_out.closing, []
    weights = {one.investor_id: one.after for one in worked_out.parties}
    for moved in worked_out.lines:
        root = roots[moved.key]
        for key, delta in moved.delta.items():
            if delta >= 0:
                continue
            for source, amount, owed in _taken(root.sources[key], -delta, moved.reduces_open[key]):
                assert source.item_id or not owed, "what moves by transfer is paid"
                allocation = root.line.allocation_id if owed else None
                rows.append(
                    LineChange(
                        fund_id=closing.fund_id,
                        call_id=source.call_id,
                        item_id=source.item_id,
                        line_id=source.line_id,
                        commitment_id=who[key],
                        allocation_id=allocation,
                        closing_id=closing.pk,
                        reduces_unfunded=root.line.reduces_unfunded,
                        amount=-amount,
                        changes_held=True,
                        changes_owed=owed,
                        weight=weights[key],
                        basis=_basis(root),
                        effective_on=worked_out.starts_on,
                        recorded_at=ctx.at,
                    )
                )
    return LineChange.objects.bulk_create(rows)


def _taken(
    sources: tuple[Source, ...], back: Decimal, open_part: Decimal
) -> Iterator[tuple[Source, Decimal, bool]]:
    """What comes off each part: (part, amount, whether it was still owed)."""
    left: dict[int, Decimal] = {}
    for source in sources:
        taken = min(open_part, max(source.held - source.paid, ZERO))
        left[source.part_id] = source.held - taken
        open_part -= taken
        back -= taken
        if taken:
            yield source, taken, True
    for source in sources:
        taken = min(back, left[source.part_id])
        back -= taken
        if taken:
            yield source, taken, False


def _basis(root: Root) -> str:
    """How the new part came about: by the register, or as part of what a person had set."""
    return Basis.PRO_RATA if root.resplit == Resplit.COMMITMENT else Basis.EDITED


def _write_parts(worked_out: WorkedOutClosing, who: dict[int, int]) -> None:
    closing = worked_out.closing
    EqualisationPart.objects.bulk_create(
        _part(closing, moved, key, who[key])
        for moved in worked_out.lines
        for key in moved.delta
        if any((moved.delta[key], moved.interest[key], moved.premium[key]))
    )
    Refund.objects.bulk_create(
        Refund(
            closing=closing,
            fund_id=closing.fund_id,
            commitment_id=commitment,
            capital=side.refund,
            interest=side.passed_on,
            amount=side.refund + side.passed_on,
            set_off=side.given_back,
        )
        for commitment, side in sorted((who[key], side) for key, side in worked_out.sides.items())
        if side.refund + side.passed_on
    )


def _part(closing: Closing, moved: Moved, key: int, commitment_id: int) -> EqualisationPart:
    return EqualisationPart(
        closing=closing,
        fund_id=closing.fund_id,
        line_id=moved.key,
        commitment_id=commitment_id,
        delta=moved.delta[key],
        inside=moved.inside[key],
        reduces_open=moved.reduces_open[key],
        days=moved.days,
        interest=moved.interest[key],
        premium=moved.premium[key],
    )


# ---------------------------------------------------------------- the call that collects


def _collect(
    worked_out, roots: dict[int, Root], who: dict[int, int], fees: Mapping[int, dict], ctx: WriteContext
) -> CapitalCall | None:
    """Issue the call that asks later partners for their parts: fees first, then line by line, interest last; `fees` are
    how these were worked out, for its letters. None where nobody owes anything."""
    asked = [replace(one, parts=_by_commitment(one.parts, who)) for one in _asked(worked_out, roots)]
    if not asked:
        return None
    closing = worked_out.closing
    call = CapitalCall(
        fund=closing.fund,
        call_date=worked_out.starts_on,
        due_date=closing.pay_on,
        purpose=f"Closing #{closing.number}: your part of what was called before",
        purpose_detail=COLLECTS,
        created_by=ctx.by,
    )
    weights = {who[one.investor_id]: one.after for one in worked_out.parties}
    return issue_collecting_call(call, asked, weights, fees=fees, ctx=ctx)


def _by_commitment(parts: Mapping[int, Decimal], who: dict[int, int]) -> dict[int, Decimal]:
    return {who[key]: amount for key, amount in parts.items() if amount}


def _asked(worked_out, roots: dict[int, Root]) -> Iterator[AskedLine]:
    """Each line of the collecting call, with what it asks of which investor."""
    closing, notices = worked_out.closing, worked_out.equalisation.notices
    fees = {key: notice.fee for key, notice in notices.items()}
    taxes = {key: notice.fee_tax for key, notice in notices.items()}
    for kind, parts in ((Kind.MANAGEMENT_FEE, fees), (Kind.PARTNERSHIP_EXPENSES, taxes)):
        yield from _asked_line(parts, kind=kind, reduces_unfunded=closing.fees_inside)
    for moved in worked_out.lines:
        root = roots[moved.key]
        facts = {
            "kind": root.line.kind,
            "reduces_unfunded": root.line.reduces_unfunded,
            "equalises": root.line,
        }
        for allocation, parts in _halves(moved, root.line, unit_of(closing.fund.currency)):
            yield from _asked_line(parts, _basis(root), allocation=allocation, **facts)
    interest = {"kind": Kind.SUBSEQUENT_CLOSE_INTEREST, "reduces_unfunded": False}
    yield from _asked_line(_between(worked_out), counts_as_called=False, **interest)
    yield from _asked_line({key: notice.fee_interest for key, notice in notices.items()}, **interest)


def _asked_line(parts: dict[int, Decimal], basis: str = Basis.EDITED, **facts) -> Iterator[AskedLine]:
    if any(parts.values()):
        yield AskedLine(CapitalCallLine(**facts), parts, basis)


def _halves(
    moved: Moved, line: CapitalCallLine, unit: Decimal
) -> Iterator[tuple[FundAllocation | None, dict]]:
    """What later partners pay for a line: what the deal still lacks, which draws on its allocation, and what earlier
    partners get back, which does not."""
    pays = {key: delta for key, delta in moved.delta.items() if delta > 0}
    fills = lacking(moved, unit) if line.allocation_id else {}
    for allocation, parts in (
        (line.allocation, fills),
        (None, {key: delta - fills.get(key, ZERO) for key, delta in pays.items()}),
    ):
        if any(parts.values()):
            yield allocation, parts


def _between(worked_out: WorkedOutClosing) -> dict[int, Decimal]:
    """What each later partner is charged for earlier ones, beside its capital."""
    return {key: side.interest for key, side in worked_out.sides.items() if side.interest}
