"""What a refund notice says, frozen when a closing is settled: one per partner who gets something back.

It speaks of the partner's own part of each line alone: who came in, how many, and what they promised is no part of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem, CapitalCallItemLine, LineChange
from capital.notices import write_what_is_due
from closings.models import Closing, ClosingReversal, EqualisationPart, EqualisedShare, Refund
from funds.models import Fund, Notice
from funds.services.notice_facts import fund_facts, moving, partner_facts, ratio, steady, text
from funds.services.notices import NoticeDraft, nudge, queue_next_versions, write_cancellations, write_notices

ZERO = Decimal("0.00")


def tell_of_closing(closing: Closing, ctx: WriteContext) -> None:
    """Once a closing is settled and its call issued: write the refund notices, and the next version of earlier calls'
    letters that ask for less by now."""
    write_refund_notices(closing=closing, ctx=ctx)
    _tell_who_owes_less(closing, ctx)
    _tell_who_gets_shares(closing, ctx)
    nudge()


def tell_of_reversal(reversal: ClosingReversal, ctx: WriteContext) -> None:
    """Once a closing is reversed: whoever was told of a refund reads that there is none, and whoever has a letter of a
    call that asks for something else by now gets its next version."""
    write_refund_cancellations(closing=reversal.closing, ctx=ctx, reason=reversal.reason)
    changed = LineChange.objects.filter(closing_reversal_id=reversal.pk, changes_owed=True)
    _tell_anew(changed, "A later closing of the fund was reversed.", ctx)
    nudge()


def write_refund_notices(*, closing: Closing, ctx: WriteContext, change_note: str = "") -> list[Notice]:
    """Write the letters of a closing's refunds, or their next versions, inside the caller's transaction. The number of
    queries does not depend on the number of partners."""
    refunds = list(
        closing.refunds.select_related("commitment__investor", "commitment__capital").order_by(
            "commitment_id"
        )
    )
    moved, asked, given = _moved(closing), _asked(closing), _given_back(closing)
    added = dict(closing.tranches.values_list("investor_id", "amount"))
    terms, fund = _terms(closing), closing.fund
    drafts = [
        NoticeDraft(
            one.commitment,
            one.pk,
            notice_number(closing, one.commitment),
            _letter(closing, fund, one)
            | _money(one, moved[one.commitment_id], given[one.commitment_id], terms)
            | _position(
                one,
                moved[one.commitment_id],
                given[one.commitment_id],
                asked.get(one.commitment_id, _Asked()),
                added.get(one.commitment.investor_id, ZERO),
            ),
        )
        for one in refunds
    ]
    return write_notices(
        fund=fund,
        kind=Notice.Kind.REFUND,
        subject_id=closing.pk,
        dated_on=ctx.today(fund),
        drafts=drafts,
        change_note=change_note,
        ctx=ctx,
    )


def write_refund_cancellations(*, closing: Closing, ctx: WriteContext, reason: str) -> list[Notice]:
    """Tell exactly those who got a letter about a refund that the closing was taken back, and why."""
    return write_cancellations(
        subject=closing, kind=Notice.Kind.REFUND, facts_of=lambda facts, fund: facts, ctx=ctx, reason=reason
    )


def write_netted_refunds(
    *, closing: Closing, netted: Mapping[int, list[dict]], of: list[int], change_note: str, ctx: WriteContext
) -> list[Notice]:
    """The next version of the letters of the refunds `of`; by refund, `netted` is what of it pays which call."""
    newest = Notice.objects.newest(Notice.Kind.REFUND, closing.pk).filter(item_id__in=of)
    return write_notices(
        fund=closing.fund,
        kind=Notice.Kind.REFUND,
        subject_id=closing.pk,
        dated_on=ctx.today(closing.fund),
        drafts=[
            NoticeDraft(
                one.commitment, one.item_id, one.number, _netted(one.facts, netted.get(one.item_id, []))
            )
            for one in newest.select_related("commitment")
        ],
        change_note=change_note,
        ctx=ctx,
    )


def _netted(facts: dict, netted: list[dict]) -> dict:
    """The facts of a refund with what of it pays calls, and what is left to be paid out."""
    payable = Decimal(facts["amount"]) - Decimal(facts["set_off"] or 0)
    payable -= sum((Decimal(one["amount"]) for one in netted), ZERO)
    return facts | {"netted": netted, "payable": text(payable)}


def notice_number(closing: Closing, commitment) -> str:
    """What the letter is called, over all funds: "LSFI-RN2-0001"."""
    return f"{closing.fund.code}-RN{closing.number}-{commitment.reference}"


def _tell_who_owes_less(closing: Closing, ctx: WriteContext) -> None:
    """What was called before and not paid is asked for by less; who was sent the letter gets its next version."""
    lowered = LineChange.objects.filter(closing_id=closing.pk, changes_owed=True)
    _tell_anew(lowered, "Less is due from you since a later closing of the fund.", ctx)


def _tell_who_gets_shares(closing: Closing, ctx: WriteContext) -> None:
    """The letter of a later partner says which part of earlier distributions it gets, and that this pays so much of the
    call."""
    shares = EqualisedShare.objects.filter(closing=closing, delta__lt=0).select_related("distribution")
    gets = defaultdict(list)
    for one in shares.defer("distribution__inputs").order_by("distribution__date", "distribution__number"):
        gets[one.commitment_id].append(
            {
                "distribution": one.distribution.number,
                "closing": closing.number,
                "on": closing.call.call_date.isoformat(),
                "amount": text(-one.delta),
            }
        )
    if gets:
        items = CapitalCallItem.objects.filter(call=closing.call_id, commitment__in=gets)
        items = list(items.select_related("capital", "call").order_by("pk"))
        write_what_is_due(
            call=closing.call,
            items=items,
            change_note="Your part of earlier distributions pays some of this call.",
            netted={one.pk: gets[one.commitment_id] for one in items},
            ctx=ctx,
        )


def _tell_anew(changes: QuerySet[LineChange], change_note: str, ctx: WriteContext) -> None:
    """The next version of the letters of the items that these changes are of, for whom the one before was sent to."""
    items = CapitalCallItem.objects.filter(pk__in=changes.values("item")).select_related(
        "capital", "call__fund"
    )
    by_call = defaultdict(list)
    for item in items.order_by("call", "pk"):
        by_call[item.call].append(item)
    for call, changed in by_call.items():
        written = write_what_is_due(call=call, items=changed, change_note=change_note, ctx=ctx)
        queue_next_versions(notices=written, ctx=ctx)


# ---------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the closing's own call asks of one partner: in all, what of it counts as fees, and what of these draws on
    its commitment."""

    amount: Decimal = ZERO
    fees: Decimal = ZERO
    fees_inside: Decimal = ZERO


def _moved(closing: Closing) -> dict[int, list[EqualisationPart]]:
    """By commitment, its parts in the order of the calls."""
    parts = EqualisationPart.objects.filter(closing=closing).select_related(
        "line__call", "line__allocation__deal"
    )
    found = defaultdict(list)
    for part in parts.order_by("line__call__due_date", "line__call__number", "line__position"):
        found[part.commitment_id].append(part)
    return found


def _asked(closing: Closing) -> dict[int, _Asked]:
    """By commitment, of those who are asked for something."""
    fees = Q(line__equalises__isnull=True, counts_as_called=True)
    rows = CapitalCallItemLine.objects.filter(call=closing.call_id).order_by().values("commitment")
    return {
        row["commitment"]: _Asked(row["amount__sum"], row["fees"], row["fees_inside"])
        for row in rows.annotate(
            Sum("amount"),
            fees=Coalesce(Sum("amount", filter=fees), ZERO),
            fees_inside=Coalesce(Sum("amount", filter=fees & Q(reduces_unfunded=True)), ZERO),
        )
    }


def _letter(closing: Closing, fund: Fund, refund: Refund) -> dict:
    """Who writes to whom, about which closing."""
    return {
        "commitment_id": refund.commitment_id,
        "item_id": refund.pk,
        "fund": fund_facts(fund),
        "partner": partner_facts(refund.commitment),
        "currency": fund.currency,
        "totals": Fund.PartnerTotals.NONE,
        "closing": {
            "number": closing.number,
            "held_on": closing.held_on.isoformat(),
            "pay_on": closing.pay_on.isoformat(),
        },
    }


def _terms(closing: Closing) -> dict:
    """By which terms interest was charged. `rate` and `rates` are shares of one a year."""
    ends_on = closing.held_on if closing.interest_end == Closing.InterestEnd.CLOSING else closing.pay_on
    return {
        "rate": None if closing.rate is None else f"{closing.rate:f}",
        "rates": [
            {"from": day.isoformat(), "rate": f"{rate:f}"}
            for day, rate in closing.rates.order_by("starts_on").values_list("starts_on", "rate")
        ],
        "spread": f"{closing.spread:f}" if closing.spread else None,
        "compounding": closing.get_compounding_display().lower(),
        "day_count": closing.get_day_count_display().lower(),
        "ends_on": ends_on.isoformat(),
    }


def _given_back(closing: Closing) -> dict[int, list[EqualisedShare]]:
    """By commitment, what it gives of earlier distributions, in the order of these."""
    shares = EqualisedShare.objects.filter(closing=closing, delta__gte=0).select_related("distribution")
    found = defaultdict(list)
    for one in shares.defer("distribution__inputs").order_by("distribution__date", "distribution__number"):
        found[one.commitment_id].append(one)
    return found


def _money(refund: Refund, parts: list[EqualisationPart], given: list[EqualisedShare], terms: dict) -> dict:
    """What goes back, line by line; `lowered` of it was never paid, so that only less is owed, and what the partner
    gives of earlier distributions pays `set_off` of it."""
    lowered = sum((one.reduces_open for one in parts), ZERO)
    return {
        "amount": text(refund.amount),
        "capital": text(refund.capital),
        "interest": text(refund.interest),
        "lowered": text(lowered) if lowered else None,
        "taken_over": text(refund.capital + lowered),
        "on_lines": text(refund.interest + sum((one.interest for one in given), ZERO)) if given else None,
        "set_off": text(refund.set_off) if refund.set_off else None,
        "payable": text(refund.amount - refund.set_off),
        "distributions": [
            {"number": one.distribution.number, "amount": text(one.delta), "interest": text(one.interest)}
            for one in given
        ],
        "lines": [_line(one) for one in parts if one.delta < 0 or one.interest < 0 or one.premium < 0],
        "terms": terms if any(one.interest < 0 for one in parts) else None,
    }


def _line(part: EqualisationPart) -> dict:
    line, premium = part.line, -min(part.premium, ZERO)
    deal = f" – {line.allocation.deal.name}" if line.allocation_id else ""
    interest = -min(part.interest, ZERO)
    return {
        "label": f"{line.get_kind_display()}{deal}",
        "call": {"number": line.call.number, "due_on": line.call.due_date.isoformat()},
        "reduces_unfunded": line.reduces_unfunded,
        "capital": text(max(-part.delta, ZERO)),
        "lowered": text(part.reduces_open) if part.reduces_open else None,
        "days": part.days if interest else None,
        "premium": text(premium) if premium else None,
        "interest": text(interest + premium),
    }


def _position(
    refund: Refund,
    parts: list[EqualisationPart],
    given: list[EqualisedShare],
    asked: _Asked,
    added: Decimal,
) -> dict:
    """The roll-ups count the closing already: before = after − this closing.

    called = paid + outstanding from calls − interest owed to partners + to be refunded, in each column.
    """
    capital = refund.commitment.capital
    called = sum((one.delta for one in parts), ZERO) + asked.fees
    within = sum((one.inside for one in parts), ZERO) + asked.fees_inside
    lowered = sum((one.reduces_open for one in parts), ZERO)
    outside = capital.called - capital.called_within
    again = sum((one.recallable for one in given), ZERO)
    rows = [
        moving("Commitment", capital.committed, added),
        moving("Called (cumulative)", capital.called, called),
        *([moving("of which outside the commitment", outside, called - within)] if outside else []),
        moving("Paid (cumulative)", capital.paid, -refund.set_off)
        if refund.set_off
        else steady("Paid (cumulative)", text(capital.paid)),
        moving("To be refunded, without interest", capital.to_refund, refund.capital - refund.set_off),
        moving("Outstanding from calls", capital.outstanding, asked.amount - lowered),
        moving("Recallable distributions", capital.recallable, -again)
        if again
        else steady("Recallable distributions", text(capital.recallable)),
        {**moving("Unfunded commitment", capital.unfunded, added - within - again), "total": True},
    ]
    before = capital.committed - added
    share = {
        "label": "Called, % of your commitment",
        "before": ratio(capital.called_within - within, before),
        "this": None if added else ratio(within, before),
        "after": ratio(capital.called_within, capital.committed),
    }
    return {"position": rows, "position_shares": [share]}
