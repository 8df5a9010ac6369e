"""What is done about a default: interest is asked for and passed on, and the others are asked in its place.

Each is decided on its own, and worked out anew as it takes effect: where it would come to something else by then, it is
turned down and asked for anew.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db.models import F, Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.fields import MoneyField
from blackgem.lib.money import parse_amount, split, unit_of
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from capital.calc.capped import split_capped
from capital.models import CapitalCall, CapitalCallItemLine, CapitalCallLine, LineChange
from capital.services.collecting import AskedLine, issue_collecting_call
from closings.calc.default import Shortfall
from closings.default_access import check_remedy
from closings.models import Default, DefaultCall, DefaultPart, DefaultRemedy, Refund, RefundPayout
from closings.queries.defaults import accrued_of, others_of, passed_on_of, shortfall_of
from closings.services.defaults import asked, lock_default
from closings.services.losses import has_moved, post_loss, what_is_lost
from closings.services.refunds import pay_out
from funds.access import MANAGE, check_may
from funds.models import Fund
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of

ZERO = Decimal("0.00")
Kind = DefaultRemedy.Kind
LineKind = CapitalCallLine.Kind


@service
def request_interest(
    *, default_id, due_on: date, until: date | None = None, costs=0, reason: str = "", ctx: WriteContext
) -> DefaultRemedy:
    """Ask the partner in default for the interest that accrued up to a day (the fund's today) and was not asked for
    before, due on `due_on`; once it is paid, `costs` in the fund's currency are covered first. Without four eyes a call
    of it is issued at once.

    Raises Conflict where none accrued or a remedy waits, InvalidInput for days that cannot be.
    """
    default, fund = default_for(default_id, ctx)
    on = until or ctx.today(fund)
    _check_days(default, on, due_on, ctx)
    covered = parse_amount(costs or 0, currency=fund.currency, allow_zero=True, field="costs")
    due = accrued_of(default, on).due
    if not due:
        raise Conflict(
            "default.no_interest", "No interest accrued up to that day that was not asked for already."
        )
    passed_on_of(default, due, covered)
    return ask_remedy(default, Kind.INTEREST, due, on, due_on, reason, ctx, costs=covered)


@service
def request_shortfall(
    *, default_id, due_on: date, amount=None, reason: str = "", ctx: WriteContext
) -> DefaultRemedy:
    """Ask the other partners for what is owed in its place, or for an `amount` of it, each up to its cap; what nobody
    can be asked for stays uncovered. Without four eyes the call is issued at once.

    Raises Conflict where they were asked already or nobody can be, InvalidInput for days that cannot be.
    """
    default, fund = default_for(default_id, ctx)
    on = ctx.today(fund)
    _check_days(default, on, due_on, ctx)
    part = None if amount in (None, "") else parse_amount(amount, currency=fund.currency, field="amount")
    found = shortfall_of(default, part)
    return ask_remedy(
        default, Kind.SHORTFALL, found.amount, on, due_on, reason, ctx, uncovered=_uncovered(found)
    )


@service
def approve_remedy(*, remedy_id, ctx: WriteContext) -> DefaultRemedy:
    """Let a remedy take effect, as another person than the one who asked where the fund demanded it. Raises Conflict
    where it would come to something else by now."""
    return REMEDIES.approve(remedy_id, ctx=ctx)


@service
def reject_remedy(*, remedy_id, ctx: WriteContext) -> DefaultRemedy:
    """Turn a remedy down: nothing is asked of anybody."""
    return REMEDIES.reject(remedy_id, ctx=ctx)


def default_for(default_id, ctx: WriteContext) -> tuple[Default, Fund]:
    default = Default.objects.select_related("item", "commitment", "call").filter(pk=default_id).first()
    if default is None:
        raise NotFound("not_found", "There is no such default.")
    default.role = check_may(ctx.by, default.fund_id, MANAGE)
    lock_default(default)
    check_remedy(default, ctx.by)
    return default, default.fund


def _check_days(default: Default, on: date, due_on: date, ctx: WriteContext) -> None:
    today = ctx.today(default.fund)
    check_on(default, on, ctx, field="until")
    if due_on <= today:
        raise InvalidInput("due_on.past", "It is due on a day ahead.", field="due_on")


def check_on(default: Default, on: date, ctx: WriteContext, *, field: str) -> None:
    """Whether a remedy may count on a day."""
    if not default.effective_on <= on <= ctx.today(default.fund):
        raise InvalidInput(
            "default.days", "It is worked out to a day since the notice that has come.", field=field
        )


def _uncovered(found: Shortfall) -> Decimal:
    if not found.called:
        raise Conflict("default.nobody", "None of the other partners can be asked for anything.")
    return found.uncovered


def ask_remedy(default, kind, amount, on, due_on, reason, ctx: WriteContext, **figures) -> DefaultRemedy:
    number = DefaultRemedy.objects.filter(default=default).aggregate(last=Max("number"))["last"] or 0
    remedy = DefaultRemedy(
        default=default,
        fund=default.fund,
        number=number + 1,
        kind=kind,
        amount=amount,
        effective_on=on,
        due_on=due_on,
        **figures,
        **asked(default.fund, reason, ctx),
    )
    remedy.role = default.role
    raise_if(problems_of(remedy, ["reason"]))
    return REMEDIES.ask(remedy, ctx=ctx)


def _take_effect(remedy: DefaultRemedy, ctx: WriteContext) -> None:
    if remedy.kind not in DefaultRemedy.CALLED:
        taken = what_is_lost(remedy, ctx.today(remedy.fund))
        REMEDIES.approved(remedy, ctx)
        post_loss(remedy, taken, ctx)
        return
    if remedy.due_on <= ctx.today(remedy.fund):
        raise InvalidInput("due_on.past", "It is due on a day ahead.", field="due_on")
    post = _charge_interest if remedy.kind == Kind.INTEREST else _call_shortfall
    post(remedy, ctx)


def _charge_interest(remedy: DefaultRemedy, ctx: WriteContext) -> None:
    default = remedy.default
    if accrued_of(default, remedy.effective_on).due != remedy.amount:
        raise has_moved()
    passed = passed_on_of(default, remedy.amount, remedy.costs)
    REMEDIES.approved(remedy, ctx)
    line = CapitalCallLine(kind=LineKind.DEFAULT_INTEREST, reduces_unfunded=False, counts_as_called=False)
    _issue(
        remedy,
        [AskedLine(line, {default.commitment_id: remedy.amount})],
        f"Interest on your late payment of Capital Call #{default.call.number}",
        {default.commitment_id: Decimal(1)},
        ctx,
    )
    Refund.objects.bulk_create(
        Refund(
            remedy=remedy,
            until=remedy.effective_on,
            fund_id=remedy.fund_id,
            commitment_id=commitment,
            capital=ZERO,
            interest=amount,
            amount=amount,
        )
        for commitment, amount in passed.others.items()
        if amount
    )


def _call_shortfall(remedy: DefaultRemedy, ctx: WriteContext) -> None:
    default = remedy.default
    found = shortfall_of(default, remedy.amount)
    if found.uncovered != remedy.uncovered:
        raise has_moved()
    REMEDIES.approved(remedy, ctx)
    DefaultPart.objects.bulk_create(
        DefaultPart(
            remedy=remedy,
            fund_id=remedy.fund_id,
            commitment_id=commitment,
            cap=found.caps[commitment],
            amount=amount,
        )
        for commitment, amount in found.extra.items()
        if found.caps[commitment]
    )
    weights = {one.key: one.remaining for one in others_of(default)}
    _issue(
        remedy,
        list(_shortfall_lines(default, found)),
        f"In place of a part of Capital Call #{default.call.number} that was not paid",
        weights,
        ctx,
    )


def _issue(remedy: DefaultRemedy, asked: list[AskedLine], purpose: str, weights, ctx: WriteContext) -> None:
    call = CapitalCall(
        fund=remedy.fund,
        call_date=ctx.today(remedy.fund),
        due_date=remedy.due_on,
        purpose=purpose,
        created_by=ctx.by,
    )
    issue_collecting_call(call, asked, weights, ctx=ctx)
    DefaultCall.objects.create(remedy=remedy, fund=remedy.fund, call=call)


def _shortfall_lines(default: Default, found: Shortfall) -> Iterator[AskedLine]:
    """For what the item was for, fees left out: each line in proportion to the partner's part of it, with what it
    assumed."""
    unit = unit_of(default.fund.currency)
    changes = LineChange.objects.filter(
        item=default.item_id, line=OuterRef("line"), transfer_id__isnull=False
    )
    taken_on = changes.order_by().values("line").annotate(sum=Sum("amount")).values("sum")
    parts = (
        CapitalCallItemLine.objects.filter(item=default.item_id, counts_as_called=True)
        .annotate(owed=F("amount") + Coalesce(Subquery(taken_on), ZERO, output_field=MoneyField()))
        .filter(owed__gt=0)
        .exclude(line__kind=LineKind.MANAGEMENT_FEE)
        .select_related("line")
        .order_by("line__position")
    )
    lines = [part.line for part in parts]
    totals = split(found.called, [part.owed for part in parts], unit)
    left = dict(found.extra)
    for line, total in zip(lines, totals, strict=True):
        given, _ = split_capped(total, list(left.values()), list(left.values()), unit)
        taken = {key: amount for key, amount in zip(left, given, strict=True) if amount}
        left = {key: amount - taken.get(key, ZERO) for key, amount in left.items()}
        if taken:
            fresh = CapitalCallLine(
                kind=line.kind, allocation=line.allocation, reduces_unfunded=line.reduces_unfunded
            )
            yield AskedLine(fresh, taken)


REMEDIES = Decidable(
    pending=DefaultRemedy.objects.pending,
    fetch=("fund", "default__call", "default__item", "default__commitment__investor", "recorded_by"),
    code="default_remedy",
    noun="remedy",
    asked="request_default_remedy",
    granted="approve_default_remedy",
    refused="reject_default_remedy",
    also=lambda remedy: [remedy.default, remedy.default.call, remedy.default.commitment],
    told=lambda remedy: {"asked_for": [None, remedy.amount], "uncovered": [None, remedy.uncovered]},
    lock=lambda remedy: _lock_remedy(remedy),
    effect=_take_effect,
)


def _lock_remedy(remedy: DefaultRemedy) -> None:
    lock_default(remedy.default)
    remedy.fund = remedy.default.fund


# ---------------------------------------------------------------- what is passed on


@service
def pay_interest_on(
    *, remedy_id, value_date: date, method: str = "wire", reference: str = "", ctx: WriteContext
) -> list[RefundPayout]:
    """Record that the other partners were paid, on a day, what of the interest came in and is theirs.

    Raises Conflict("refund.nothing_released") where nothing may be paid out, InvalidInput for a day that cannot be.
    """
    remedy = DefaultRemedy.objects.select_related("default", "fund").filter(pk=remedy_id).first()
    if remedy is None:
        raise NotFound("not_found", "There is no such remedy.")
    check_may(ctx.by, remedy.fund_id, MANAGE)
    remedy.fund = Fund.objects.select_for_update(no_key=True).get(pk=remedy.fund_id)
    if not remedy.effective_on <= value_date <= ctx.today(remedy.fund):
        raise InvalidInput(
            "paid_date.invalid",
            "It is paid since the day of the interest, and not in the future.",
            field="value_date",
        )
    check_open(remedy.fund, value_date, field="value_date")
    raise_if(problems_of(RefundPayout(method=method, reference=reference), ["method", "reference"]))
    return pay_out(remedy, None, value_date, method, reference, ctx)
