"""Setting off: what partners owe of a call is paid out of what a distribution or a refund gives them.

Both documents stay gross: paid-in and distributed, or refunded, move by what is called and given, on one day, and no
cash moves.
A partner's item of a distribution is paid out whole, so what of it is not set off goes out in cash on the same day. Of
a refund only what is set off is posted, as soon as it is released.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Max

from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import format_money, parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.access import check_is_payable as check_call_is_payable
from capital.models import CapitalCall, CapitalCallItem, Payment
from capital.services.incoming import check_value_date
from capital.services.setoffs import METHOD, pay_set_off
from capital.services.setoffs import take_set_off_back as take_payment_back
from closings.access import check_request_setoff_reversal
from closings.models import Closing, Refund, Setoff, SetoffPart, SetoffReversal
from closings.queries.setoffs import Proposal, fingerprint_of, proposals, refund_proposals
from closings.services.refunds import take_payout_back as take_refund_payout_back
from closings.services.setoff_refunds import post_released
from closings.setoff_notices import tell_of_setoff, tell_of_setoff_reversal
from closings.states import ClosingStatus
from distributions.models import Distribution, DistributionItem, Payout
from distributions.services.payouts import post_payouts, to_pay_out
from distributions.services.payouts import take_set_off_back as take_payout_back
from funds.access import MANAGE, check_may
from funds.models import Commitment, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")


@service
def request_setoff(
    *,
    call_id,
    distribution_id=None,
    closing_id=None,
    reason: str,
    amounts: Mapping[int, object] | None = None,
    value_date: date | None = None,
    seen: str = "",
    ctx: WriteContext,
) -> Setoff:
    """Set a distribution, or the refunds of a closing, off against a call of the same fund, on a day (the fund's
    today): for every partner the smaller of what it owes and what is payable to it, or what `amounts` says of each
    commitment. Without four eyes it counts at once; of refunds as soon as it is released. `seen` is
    the fingerprint of what was shown before, where something was.

    Raises NotFound for a call, a distribution or a closing of another fund, InvalidInput for a day that cannot be or no
    reason, Conflict where nothing can be set off, more than is owed or payable, what is not what was seen, or
    another set-off of it waits.
    """
    setoff = _drawn_up(call_id, distribution_id, closing_id, value_date, reason, ctx)
    _lock(setoff)
    check_value_date(setoff.value_date, setoff.fund, ctx.at)
    if setoff.distribution:
        to_pay_out(distribution_id, setoff.value_date, ctx)
    else:
        _check_refunds(setoff)
    check_call_is_payable(CapitalCall.objects.get(pk=call_id))
    if Setoff.objects.pending().filter(distribution=distribution_id, closing=closing_id).exists():
        raise Conflict("setoff.waits", f"Another set-off of this {setoff.gives} waits for approval.")
    if seen and seen != fingerprint_of(_proposals(setoff, None)):
        raise Conflict(
            "setoff.moved", "What is owed or payable here has changed since it was shown: look at it again."
        )
    asked = _asked(amounts, setoff.fund.currency)
    found = [one for one in _proposals(setoff, asked) if one.netted.set_off]
    _check_amounts(found, asked, setoff)
    return _ask(setoff, found, ctx)


@service
def approve_setoff(*, setoff_id, ctx: WriteContext) -> Setoff:
    """Let a set-off take effect; where the fund demanded it, as another person than the one who asked. Raises Conflict
    where less is owed or payable by now."""
    return SETOFFS.approve(setoff_id, ctx=ctx)


@service
def reject_setoff(*, setoff_id, ctx: WriteContext) -> Setoff:
    """Turn a set-off down: the call is still owed, and the distribution still payable."""
    return SETOFFS.reject(setoff_id, ctx=ctx)


def _drawn_up(call_id, distribution_id, closing_id, value_date, reason, ctx: WriteContext) -> Setoff:
    call = CapitalCall.objects.filter(pk=call_id).first()
    distribution = Distribution.objects.filter(pk=distribution_id).first() if distribution_id else None
    closing = Closing.objects.filter(pk=closing_id).first() if closing_id else None
    given = distribution or closing
    if call is None or given is None or call.fund_id != given.fund_id:
        raise NotFound("not_found", "There is no such call beside what is given.")
    check_may(ctx.by, call.fund_id, MANAGE)
    fund = Fund.objects.select_for_update(no_key=True).get(pk=call.fund_id)
    setoff = Setoff(
        fund=fund,
        number=(Setoff.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0) + 1,
        call=call,
        distribution=distribution,
        closing=closing,
        value_date=value_date or ctx.today(fund),
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        requested_by=ctx.by,
        requested_at=ctx.at,
    )
    raise_if(problems_of(setoff, ["reason"]))
    return setoff


def _lock(setoff: Setoff) -> None:
    """Partners, then their items of the call, then those of the distribution or their refunds; the fund first where it
    is not yet."""
    setoff.fund = Fund.objects.select_for_update(no_key=True).get(pk=setoff.fund_id)
    called = CapitalCallItem.objects.filter(call=setoff.call_id)
    given = (
        DistributionItem.objects.filter(distribution=setoff.distribution_id)
        if setoff.distribution_id
        else Refund.objects.filter(closing=setoff.closing_id)
    )
    partners = Commitment.objects.filter(pk__in=called.values("commitment")) | Commitment.objects.filter(
        pk__in=given.values("commitment")
    )
    for rows in (partners, called, given):
        list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _check_refunds(setoff: Setoff) -> None:
    if setoff.closing.status != ClosingStatus.SETTLED:
        raise out_of_state("closing.not_settled", "Refunds are set off once their closing is settled.")
    if setoff.value_date < setoff.closing.held_on:
        raise InvalidInput(
            "paid_date.invalid", "A refund is not set off before its closing.", field="value_date"
        )


def _proposals(setoff: Setoff, asked: Mapping[int, Decimal] | None) -> list[Proposal]:
    if setoff.distribution:
        return proposals(setoff.call, setoff.distribution, asked)
    return refund_proposals(setoff.call, setoff.closing, asked)


def _asked(amounts: Mapping[int, object] | None, currency: str) -> dict[int, Decimal] | None:
    if amounts is None:
        return None
    return {
        int(key): parse_amount(amount, currency=currency, field=f"amounts.{key}")
        for key, amount in amounts.items()
    }


def _check_amounts(found: list[Proposal], asked: Mapping[int, Decimal] | None, setoff: Setoff) -> None:
    """Nothing that was asked for is cut down silently."""
    granted = {one.commitment_id: one.netted.set_off for one in found}
    for key, amount in (asked or {}).items():
        if granted.get(key, ZERO) != amount:
            most = format_money(granted.get(key, ZERO), setoff.fund.currency)
            raise Conflict(
                "setoff.too_much",
                f"No more than {most} can be set off here: the smaller of what is owed and what is payable.",
                field=f"amounts.{key}",
            )
    if not found:
        raise Conflict(
            "setoff.nothing", "Nobody both owes something of this call and is still to be paid out here."
        )


def _ask(setoff: Setoff, found: list[Proposal], ctx: WriteContext) -> Setoff:
    """The request with its parts, which come in together: it takes effect where no second person is asked for."""
    setoff.save(force_insert=True)
    SetoffPart.objects.bulk_create(
        SetoffPart(
            setoff=setoff,
            fund_id=setoff.fund_id,
            commitment_id=one.commitment_id,
            call_id=setoff.call_id,
            call_item=one.call_item,
            distribution_id=setoff.distribution_id,
            distribution_item=one.given if setoff.distribution_id else None,
            closing_id=setoff.closing_id,
            refund=None if setoff.distribution_id else one.given,
            amount=one.netted.set_off,
        )
        for one in found
    )
    return SETOFFS.asked_for(setoff, ctx=ctx)


def _told(setoff: Setoff) -> dict:
    return {"set_off": [None, sum(setoff.parts.values_list("amount", flat=True))]}


def _take_effect(setoff: Setoff, ctx: WriteContext) -> None:
    if setoff.distribution_id:
        _post_whole(setoff, ctx)
    else:
        _check_refunds(setoff)
        asked = dict(setoff.parts.values_list("commitment", "amount"))
        _check_amounts(refund_proposals(setoff.call, setoff.closing, asked), asked, setoff)
        SETOFFS.approved(setoff, ctx, changes=_told(setoff))
        post_released(setoff.closing, setoff.value_date, ctx)
    tell_of_setoff(setoff, ctx)


def _post_whole(setoff: Setoff, ctx: WriteContext) -> None:
    """Both sides at once: what a distribution gives is payable."""
    distribution = to_pay_out(setoff.distribution_id, setoff.value_date, ctx)
    parts = list(setoff.parts.select_related("distribution_item__capital").order_by("pk"))
    if any(part.distribution_item.capital.paid_out for part in parts):
        raise Conflict("setoff.paid_out", "Something of it was paid out since this was asked for.")
    SETOFFS.approved(setoff, ctx, changes=_told(setoff))
    reference = f"Set-off #{setoff.number}"
    pay_set_off(
        call_id=setoff.call_id,
        parts=[(part.call_item_id, part.amount, part.pk) for part in parts],
        value_date=setoff.value_date,
        reference=reference,
        ctx=ctx,
    )
    post_payouts(
        distribution,
        [part.distribution_item for part in parts],
        setoff.value_date,
        method=METHOD,
        reference=reference,
        set_off={part.distribution_item_id: (part.amount, part.pk) for part in parts},
        ctx=ctx,
    )


SETOFFS = Decidable(
    pending=Setoff.objects.pending,
    fetch=("fund", "call", "distribution", "closing", "requested_by"),
    code="setoff",
    noun="set-off",
    asked="request_setoff",
    granted="approve_setoff",
    refused="reject_setoff",
    asked_by="requested_by",
    also=lambda setoff: [setoff.call, setoff.given],
    told=_told,
    lock=_lock,
    effect=_take_effect,
)


# ---------------------------------------------------------------- taking it back


@service
def request_setoff_reversal(*, part_id, reason: str, ctx: WriteContext) -> SetoffReversal:
    """Ask to take one partner's part of a set-off back, on both sides. Without four eyes it takes effect at once.

    Raises Conflict where it was not approved, or its reversal was asked for already; InvalidInput without a reason.
    """
    part = SetoffPart.objects.select_related("setoff").filter(pk=part_id).first()
    if part is None:
        raise NotFound("not_found", "There is no such part of a set-off.")
    part.role = check_may(ctx.by, part.fund_id, MANAGE)
    fund = _lock_part(part)
    check_request_setoff_reversal(part, ctx.by)
    reversal = SetoffReversal(
        part=part,
        fund=fund,
        reason=(reason or "").strip(),
        four_eyes=fund.four_eyes,
        requested_by=ctx.by,
        requested_at=ctx.at,
    )
    raise_if(problems_of(reversal, ["reason"]))
    return SETOFF_REVERSALS.ask(reversal, ctx=ctx)


@service
def approve_setoff_reversal(*, reversal_id, ctx: WriteContext) -> SetoffReversal:
    """Take it back on both sides; where the fund demanded it, as another person than the one who asked."""
    return SETOFF_REVERSALS.approve(reversal_id, ctx=ctx)


@service
def reject_setoff_reversal(*, reversal_id, ctx: WriteContext) -> SetoffReversal:
    """Turn a request down: the set-off stands, and its reversal may be asked for again."""
    return SETOFF_REVERSALS.reject(reversal_id, ctx=ctx)


def _lock_part(part: SetoffPart) -> Fund:
    fund = Fund.objects.select_for_update(no_key=True).get(pk=part.fund_id)
    Commitment.objects.select_for_update(no_key=True).get(pk=part.commitment_id)
    CapitalCallItem.objects.select_for_update(no_key=True).get(pk=part.call_item_id)
    if part.refund_id:
        Refund.objects.select_for_update(no_key=True).get(pk=part.refund_id)
    else:
        DistributionItem.objects.select_for_update(no_key=True).get(pk=part.distribution_item_id)
    return fund


def _check_stands(reversal: SetoffReversal, at) -> None:
    if not reversal.part.setoff.approved_at:
        raise Conflict("setoff.not_approved", "Only what was set off is taken back.")


def _take_back(reversal: SetoffReversal, ctx: WriteContext) -> None:
    part = reversal.part
    SETOFF_REVERSALS.approved(reversal, ctx, changes={"set_off": [part.amount, "0.00"]})
    for payment in Payment.objects.select_related("call__fund").filter(setoff_part_id=part.pk, reverses=None):
        take_payment_back(payment, decision=reversal, ctx=ctx)
    for refunded in part.refund_payouts.select_related("refund__closing", "fund").filter(reverses=None):
        take_refund_payout_back(refunded, decision=reversal, ctx=ctx)
    for payout in Payout.objects.select_related("distribution__fund").filter(
        setoff_part_id=part.pk, reverses=None
    ):
        take_payout_back(payout, decision=reversal, ctx=ctx)
    tell_of_setoff_reversal(reversal, ctx)


SETOFF_REVERSALS = Decidable(
    pending=SetoffReversal.objects.pending,
    fetch=("part__setoff__call", "part__setoff__distribution", "part__setoff__closing", "requested_by"),
    code="reversal",
    noun="reversal",
    asked="request_setoff_reversal",
    granted="approve_setoff_reversal",
    refused="reject_setoff_reversal",
    asked_by="requested_by",
    also=lambda reversal: [
        reversal.part.setoff,
        reversal.part.setoff.call,
        reversal.part.setoff.given,
    ],
    lock=lambda reversal: _lock_part(reversal.part),
    check=_check_stands,
    effect=_take_back,
)
