"""The fee of a fund: its schedule in dated versions, what partners agreed apart from it, and the income that is offset.

Each is a request: it counts at once, or where the fund demands it once a second person approved it. What it changes of
days that were billed, the next run trues up.
"""

from datetime import date

from django.db.models import Max

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from blackgem.lib.money import parse_amount, parse_rate
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from fees.models import FeeIncome, FeeLetter, FeeSchedule
from fees.queries.working import billed_until, schedules_of
from funds.access import MANAGE, check_may
from funds.models import Commitment, Deal, Fund
from funds.queries.periods import check_open
from funds.services.decidable import Decidable
from funds.services.inputs import problems_of, refuse_unknown

SCHEDULE_FIELDS = (
    "effective_on",
    "rate",
    "basis",
    "brought_by",
    "suspended_basis",
    "suspended_rate",
    "frequency",
    "in_advance",
    "time_rule",
    "offset_share",
    "offset_after_closing",
    "discount_order",
    "late_rule",
    "vat_rate",
    "inside",
)
RHYTHM = ("frequency", "in_advance", "time_rule")


@service
def set_fee_schedule(*, fund_id, fields, reason: str = "", ctx: WriteContext) -> FeeSchedule:
    """A version of a fund's fee from `effective_on` on; what `fields` leaves out is as in the version before, but for
    `brought_by`. Rates are fractions.

    The day of the first version is the first day with a fee. Raises InvalidInput for rates outside 0 to 1 and choices
    that are none, Conflict for another rhythm within days that were billed.
    """
    fund, role = lock_fund(ctx.by, fund_id)
    refuse_unknown(fields, SCHEDULE_FIELDS)
    last = FeeSchedule.objects.approved().filter(fund=fund).order_by("-effective_on", "-version").first()
    before = {name: getattr(last, name) for name in SCHEDULE_FIELDS if name != "brought_by"} if last else {}
    version = FeeSchedule.objects.filter(fund=fund).aggregate(last=Max("version"))["last"] or 0
    row = FeeSchedule(
        fund=fund, version=version + 1, **{**before, **fields}, **asked_facts(fund, reason, ctx)
    )
    row.role = role
    for name in ("rate", "suspended_rate", "vat_rate"):
        if getattr(row, name) is not None:
            setattr(row, name, parse_rate(getattr(row, name)))
    raise_if(problems_of(row, [*SCHEDULE_FIELDS, "reason"]))
    check_open(fund, row.effective_on, field="effective_on")
    _check_schedule(row)
    return SCHEDULES.ask(row, ctx=ctx)


@service
def approve_fee_schedule(*, schedule_id, ctx: WriteContext) -> FeeSchedule:
    """Let a version of the schedule count, as another person than the one who asked where the fund demanded it."""
    return SCHEDULES.approve(schedule_id, ctx=ctx)


@service
def reject_fee_schedule(*, schedule_id, ctx: WriteContext) -> FeeSchedule:
    """Turn a version down: the fee stays as it is."""
    return SCHEDULES.reject(schedule_id, ctx=ctx)


@service
def set_fee_letter(
    *,
    commitment_id,
    effective_on: date,
    own_rate=None,
    discount=None,
    waived=None,
    reason: str = "",
    ctx: WriteContext,
) -> FeeLetter:
    """What a partner agreed on the fee from a day on: a rate of its own, or a share off, or neither of them any longer;
    and an amount that it is let off beyond what earlier letters said. Rates are fractions, the amount is in the fund's
    currency. Raises InvalidInput."""
    commitment = Commitment.objects.filter(pk=commitment_id).first()
    if commitment is None:
        raise NotFound("not_found", "There is no such commitment.")
    fund, role = lock_fund(ctx.by, commitment.fund_id)
    row = FeeLetter(
        fund=fund,
        commitment=commitment,
        effective_on=effective_on,
        own_rate=None if own_rate is None else parse_rate(own_rate),
        discount=None if discount is None else parse_rate(discount),
        waived=parse_amount(waived or 0, currency=fund.currency, allow_zero=True, field="waived"),
        **asked_facts(fund, reason, ctx),
    )
    row.role = role
    if row.own_rate is not None and row.discount is not None:
        raise InvalidInput(
            "discount_given_twice",
            "A partner has a rate of its own or a share off, not both.",
            field="discount",
        )
    check_open(fund, row.effective_on, field="effective_on")
    raise_if(problems_of(row, ["effective_on", "reason"]))
    return LETTERS.ask(row, ctx=ctx)


@service
def approve_fee_letter(*, letter_id, ctx: WriteContext) -> FeeLetter:
    """Let a side letter count, as another person than the one who asked where the fund demanded it."""
    return LETTERS.approve(letter_id, ctx=ctx)


@service
def reject_fee_letter(*, letter_id, ctx: WriteContext) -> FeeLetter:
    """Turn a side letter down: the partner pays as before."""
    return LETTERS.reject(letter_id, ctx=ctx)


@service
def record_fee_income(
    *,
    fund_id,
    received_on: date,
    category: str,
    amount,
    offset_rate=1,
    deal_id=None,
    reason: str = "",
    ctx: WriteContext,
) -> FeeIncome:
    """Record what the manager received from a company of the fund, and the share of it that is offset (a fraction). The
    next run on its day or later recognises it. Raises InvalidInput for a day ahead and for a deal of another fund."""
    fund, role = lock_fund(ctx.by, fund_id)
    if received_on > ctx.today(fund):
        raise InvalidInput("received_on.future", "The date lies in the future.", field="received_on")
    check_open(fund, received_on, field="received_on")
    deal = None
    if deal_id is not None:
        deal = Deal.objects.tied_to(fund).filter(pk=deal_id).first()
        if deal is None:
            raise InvalidInput("deal.unknown", "The fund has no allocation to such a deal.", field="deal_id")
    row = FeeIncome(
        fund=fund,
        deal=deal,
        category=category,
        amount=parse_amount(amount, currency=fund.currency, field="amount"),
        offset_rate=parse_rate(offset_rate),
        effective_on=received_on,
        **asked_facts(fund, reason, ctx),
    )
    row.role = role
    raise_if(problems_of(row, ["category", "effective_on", "reason"]))
    return INCOME.ask(row, ctx=ctx)


@service
def approve_fee_income(*, income_id, ctx: WriteContext) -> FeeIncome:
    """Let fee income count, as another person than the one who asked where the fund demanded it."""
    return INCOME.approve(income_id, ctx=ctx)


@service
def reject_fee_income(*, income_id, ctx: WriteContext) -> FeeIncome:
    """Turn fee income down: it is offset against nothing."""
    return INCOME.reject(income_id, ctx=ctx)


# ---------------------------------------------------------------- what all have in common


def lock_fund(by, fund_id) -> tuple[Fund, str]:
    """The fund, locked for whoever may change its fee, and the role of who asks."""
    role = check_may(by, fund_id, MANAGE)
    return Fund.objects.select_for_update(no_key=True).get(pk=fund_id), role


def asked_facts(fund: Fund, reason: str, ctx: WriteContext) -> dict:
    """Who asks, when and why, under the rule of the fund."""
    return {
        "reason": (reason or "").strip(),
        "four_eyes": fund.four_eyes,
        "recorded_at": ctx.at,
        "recorded_by": ctx.by,
    }


def _check_schedule(row: FeeSchedule) -> None:
    """Another rhythm starts where nothing was billed yet, and so does the fee."""
    until = billed_until(row.fund)
    if until is None or row.effective_on >= until:
        return
    standing = [one for one in schedules_of(row.fund) if one.effective_on <= row.effective_on]
    if not standing or any(getattr(standing[-1], name) != getattr(row, name) for name in RHYTHM):
        raise Conflict(
            "fee.rhythm_moved",
            f"The fee is billed up to {until}: another rhythm starts then or later.",
            field="effective_on",
        )


def lock_fund_of(row) -> Fund:
    """The fund of a request, locked."""
    return Fund.objects.select_for_update(no_key=True).get(pk=row.fund_id)


def _lock(row) -> None:
    row.fund = lock_fund_of(row)


SCHEDULES = Decidable(
    pending=FeeSchedule.objects.pending,
    fetch=("fund", "recorded_by"),
    code="fee_schedule",
    noun="fee schedule",
    asked="request_fee_schedule",
    granted="set_fee_schedule",
    refused="reject_fee_schedule",
    announced=False,
    also=lambda row: [row.fund],
    told=lambda row: {
        "rate": [None, row.rate],
        "basis": [None, row.basis],
        "effective_on": [None, row.effective_on],
    },
    lock=_lock,
    check=lambda row, at: _check_schedule(row),
    effect=lambda row, ctx: SCHEDULES.approved(row, ctx),
)
LETTERS = Decidable(
    pending=FeeLetter.objects.pending,
    fetch=("fund", "commitment", "recorded_by"),
    code="fee_letter",
    noun="side letter",
    asked="request_fee_letter",
    granted="set_fee_letter",
    refused="reject_fee_letter",
    announced=False,
    also=lambda row: [row.commitment, row.fund],
    told=lambda row: {
        "own_rate": [None, row.own_rate],
        "discount": [None, row.discount],
        "waived": [None, row.waived],
    },
    lock=_lock,
    effect=lambda row, ctx: LETTERS.approved(row, ctx),
)
INCOME = Decidable(
    pending=FeeIncome.objects.pending,
    fetch=("fund", "recorded_by"),
    code="fee_income",
    noun="fee income",
    asked="request_fee_income",
    granted="record_fee_income",
    refused="reject_fee_income",
    announced=False,
    also=lambda row: [row.fund, *([row.deal] if row.deal_id else [])],
    told=lambda row: {"amount": [None, row.amount]},
    lock=_lock,
    effect=lambda row, ctx: INCOME.approved(row, ctx),
)
