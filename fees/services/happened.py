"""What happened in a fund that its fee follows: events that change base or rate, and the cost of what was sold.

Each is a request: it counts at once, or where the fund demands it once a second person approved it. No run that was
approved is changed by it: what it changes of days that were billed, the next run trues up.
"""

from datetime import date

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from fees.models import FeeEvent, FeeRealisation
from fees.queries.bases import sold_by_deal
from fees.services.asked import asked_facts, lock_fund, lock_fund_of
from funds.models import Deal, Fund
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

PAUSES = (FeeEvent.Kind.SUSPENDED, FeeEvent.Kind.RESUMED)


@service
def record_fee_event(
    *, fund_id, kind: str, happened_on: date, reason: str = "", ctx: WriteContext
) -> FeeEvent:
    """Record what changes the fee from a day on, as its schedule says. Raises InvalidInput for a day ahead or an
    unknown kind, Conflict where it happened already, or a suspension and its end do not alternate."""
    fund, role = lock_fund(ctx.by, fund_id)
    if happened_on > ctx.today(fund):
        raise InvalidInput("happened_on.future", "The date lies in the future.", field="happened_on")
    row = FeeEvent(fund=fund, kind=kind, effective_on=happened_on, **asked_facts(fund, reason, ctx))
    row.role = role
    raise_if(problems_of(row, ["kind", "effective_on", "reason"]))
    check_event(row)
    return EVENTS.ask(row, ctx=ctx)


@service
def take_fee_event_back(*, event_id, reason: str, ctx: WriteContext) -> FeeEvent:
    """Record that an event did not happen. Raises InvalidInput without a reason, Conflict where it does not count or is
    taken back already."""
    event = FeeEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound("not_found", "There is no such event.")
    fund, role = lock_fund(ctx.by, event.fund_id)
    if not (reason or "").strip():
        raise InvalidInput("reason.required", "Say why it is taken back.", field="reason")
    row = FeeEvent(
        fund=fund,
        kind=event.kind,
        effective_on=event.effective_on,
        takes_back=event,
        **asked_facts(fund, reason, ctx),
    )
    row.role = role
    raise_if(problems_of(row, ["reason"]))
    check_event(row)
    return EVENTS.ask(row, ctx=ctx)


@service
def approve_fee_event(*, event_id, ctx: WriteContext) -> FeeEvent:
    """Let an event count, or no longer count, as another person than the one who asked where the fund demanded it."""
    return EVENTS.approve(event_id, ctx=ctx)


@service
def reject_fee_event(*, event_id, ctx: WriteContext) -> FeeEvent:
    """Turn an event down: the fee stays as it is."""
    return EVENTS.reject(event_id, ctx=ctx)


@service
def record_fee_realisation(
    *, fund_id, deal_id, sold_on: date, amount, direction: str = "sold", reason: str = "", ctx: WriteContext
) -> FeeRealisation:
    """Record what a fund had paid for what was sold of a deal on a day, in its currency; or (`direction` "corrected",
    with the reason) that it was less. Raises InvalidInput for a day ahead and for a deal of another fund, Conflict
    where more would be corrected, on any day, than was said to be sold by then."""
    fund, role = lock_fund(ctx.by, fund_id)
    if sold_on > ctx.today(fund):
        raise InvalidInput("sold_on.future", "The date lies in the future.", field="sold_on")
    deal = Deal.objects.tied_to(fund).filter(pk=deal_id).first()
    if deal is None:
        raise InvalidInput("deal.unknown", "The fund has no allocation to such a deal.", field="deal_id")
    sold = parse_amount(amount, currency=fund.currency, field="amount")
    is_less = direction == "corrected"
    row = FeeRealisation(
        fund=fund,
        deal=deal,
        effective_on=sold_on,
        amount=-sold if is_less else sold,
        **asked_facts(fund, reason, ctx),
    )
    row.role = role
    if is_less and not row.reason:
        raise InvalidInput("reason.required", "Say why it is corrected.", field="reason")
    raise_if(problems_of(row, ["effective_on", "reason"]))
    check_realisation(row)
    return REALISATIONS.ask(row, ctx=ctx)


@service
def approve_fee_realisation(*, realisation_id, ctx: WriteContext) -> FeeRealisation:
    """Let the cost of what was sold count, as another person than the one who asked where the fund demanded it."""
    return REALISATIONS.approve(realisation_id, ctx=ctx)


@service
def reject_fee_realisation(*, realisation_id, ctx: WriteContext) -> FeeRealisation:
    """Turn it down: the fee is taken of that cost as before."""
    return REALISATIONS.reject(realisation_id, ctx=ctx)


# ---------------------------------------------------------------- what is checked again


def check_event(row: FeeEvent) -> None:
    """Whether the events of a fund stand in their order with this one, or without what it takes back."""
    standing = list(FeeEvent.objects.standing().filter(fund=row.fund).order_by("effective_on", "pk"))
    if row.takes_back_id is None:
        events = [*standing, row]
    else:
        asked = FeeEvent.objects.filter(takes_back=row.takes_back_id, rejected_at=None).exclude(pk=row.pk)
        if all(one.pk != row.takes_back_id for one in standing) or asked.exists():
            raise Conflict("fee.event_not_standing", "Only an event that counts is taken back, once.")
        events = [one for one in standing if one.pk != row.takes_back_id]
    pauses = sorted((one for one in events if one.kind in PAUSES), key=lambda one: one.effective_on)
    kinds = [one.kind for one in pauses]
    days = {one.effective_on for one in pauses}
    if kinds != [PAUSES[place % 2] for place in range(len(kinds))] or len(days) < len(kinds):
        raise Conflict(
            "fee.event_order",
            "A suspension ends, on a later day, before the next one begins.",
            field="happened_on",
        )
    others = [one.kind for one in events if one.kind not in PAUSES]
    if len(set(others)) < len(others):
        raise Conflict("fee.event_twice", "This has happened already: take that back first.", field="kind")


def check_realisation(row: FeeRealisation) -> None:
    """Whether no less than nothing is said to be sold of a deal, on any day."""
    if row.amount < 0 and min(sold_by_deal(row.fund, row.deal_id, row)) < 0:
        raise Conflict(
            "fee.sold_less_than_nothing",
            "No more can be corrected, on any day, than was said to be sold by then.",
            field="amount",
        )


def _lock(row) -> None:
    row.fund = lock_fund_of(row)


def _fund_and_deal(row: FeeRealisation) -> list[Fund | Deal]:
    return [row.fund, row.deal]


EVENTS = Decidable(
    pending=FeeEvent.objects.pending,
    fetch=("fund", "recorded_by"),
    code="fee_event",
    noun="event",
    asked="request_fee_event",
    granted="record_fee_event",
    refused="reject_fee_event",
    announced=False,
    also=lambda row: [row.fund],
    told=lambda row: {
        "kind": [row.kind, None] if row.takes_back_id else [None, row.kind],
        "effective_on": [None, row.effective_on],
    },
    lock=_lock,
    check=lambda row, at: check_event(row),
    effect=lambda row, ctx: EVENTS.approved(row, ctx),
)
REALISATIONS = Decidable(
    pending=FeeRealisation.objects.pending,
    fetch=("fund", "deal", "recorded_by"),
    code="fee_realisation",
    noun="cost of what was sold",
    asked="request_fee_realisation",
    granted="record_fee_realisation",
    refused="reject_fee_realisation",
    announced=False,
    also=_fund_and_deal,
    told=lambda row: {"amount": [None, row.amount], "effective_on": [None, row.effective_on]},
    lock=_lock,
    check=lambda row, at: check_realisation(row),
    effect=lambda row, ctx: REALISATIONS.approved(row, ctx),
)
