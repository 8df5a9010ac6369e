"""The larger fund's management fee over its five years: 2 % of commitments every quarter in advance, and 1.75 % once
its investment period ended; one partner pays less, and what the manager was paid by companies comes off.

The runs of before are brought in as its calls are: worked out and written by the same functions, without letters.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Max

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from capital.models import CapitalCall, CapitalCallLine
from capital.services.planning import Row
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from fees.models import FeeBill, FeeRun
from fees.queries.explained import explained
from fees.queries.working import WorkedOutRun, schedules_of, terms_of
from fees.services import asked, runs
from funds.models import BankDetails, Fund

from . import history
from .people import Staff, on

RATE, LATER_RATE = Decimal("0.02"), Decimal("0.0175")
#: The investment period ended in a quarter that was billed: the next run trues it up.
INVESTMENT_PERIOD_ENDED, KNOWN_ON = date(2026, 5, 16), date(2026, 6, 8)
DISCOUNTED, OWN_RATE = "0011", Decimal("0.015")
#: Day → category, amount, share that is offset, and of which deal.
INCOME = {
    date(2022, 11, 30): ("transaction", Decimal("1200000.00"), Decimal(1), "Tidewater Packaging"),
    date(2024, 6, 28): ("monitoring", Decimal("250000.00"), Decimal("0.8"), "Fernhill Logistics"),
    date(2026, 2, 27): ("directors", Decimal("90000.00"), Decimal(1), "Sable Point Components"),
}
DUE_AFTER = timedelta(14)


def enter_terms(fund: Fund, staff: Staff, *, day: date) -> None:
    """The schedule from the first closing on, and what one partner agreed."""
    terms = {"effective_on": day, "rate": RATE, "inside": True}
    _set(
        asked.set_fee_schedule,
        asked.approve_fee_schedule,
        "schedule_id",
        staff,
        day,
        fund_id=fund.pk,
        fields=terms,
    )
    partner = fund.commitments.get(reference=DISCOUNTED)
    _set(
        asked.set_fee_letter,
        asked.approve_fee_letter,
        "letter_id",
        staff,
        day,
        commitment_id=partner.pk,
        effective_on=day,
        own_rate=OWN_RATE,
        reason="Side letter of January 2022, section 2.",
    )


def charge_until(
    day: date,
    fund: Fund,
    *,
    bank: BankDetails,
    deals: dict[str, int],
    paid: Callable[[date], Callable[[Row], Decimal]],
    staff: Staff,
) -> None:
    """Every instalment that fell due before a day, with what became known meanwhile; `paid` gives the part of each
    partner's item that was paid of a fee of a day."""
    while (due := _next_due(fund)) < day:
        if not _learn(due, fund, deals, staff):
            _bring_in(runs.preview_fee_run(fund=fund), bank, paid(due), staff)


def _next_due(fund: Fund) -> date:
    """When the next instalment falls due, without working it out."""
    charged = list(FeeRun.objects.counting().filter(fund=fund).order_by("starts_on"))
    _, periods = terms_of(fund, schedules_of(fund), charged)
    return periods[len(charged)].on


def _learn(on_day: date, fund: Fund, deals: dict[str, int], staff: Staff) -> bool:
    """What was entered by an instalment and is not yet: fee income, and the end of the investment period."""
    known = set(fund.fee_income.values_list("effective_on", flat=True))
    for received, (category, amount, share, deal) in INCOME.items():
        if received <= on_day and received not in known:
            entered = {"category": category, "amount": amount, "offset_rate": share, "deal_id": deals[deal]}
            _set(
                asked.record_fee_income,
                asked.approve_fee_income,
                "income_id",
                staff,
                received + timedelta(3),
                fund_id=fund.pk,
                received_on=received,
                **entered,
            )
            return True
    if on_day >= KNOWN_ON and fund.fee_schedules.count() == 1:
        terms = {"effective_on": INVESTMENT_PERIOD_ENDED, "rate": LATER_RATE}
        _set(
            asked.set_fee_schedule,
            asked.approve_fee_schedule,
            "schedule_id",
            staff,
            KNOWN_ON,
            fund_id=fund.pk,
            fields=terms,
            reason="End of the investment period, clause 7.2.",
        )
        return True
    return False


def _set(ask, approve, name: str, staff: Staff, day: date, **said) -> None:
    """Asked for by one person and approved by another, on a day."""
    row = ask(**said, ctx=WriteContext(staff.manager, on(day, 10)))
    approve(**{name: row.pk}, ctx=WriteContext(staff.approver, on(day, 16)))


def _bring_in(found: WorkedOutRun, bank: BankDetails, paid: Callable[[Row], Decimal], staff: Staff) -> None:
    """A run that was approved on its day, and the call that billed it."""
    fund, at = found.fund, on(found.period.on)
    run = runs.unwritten_run(found)
    run.number = (FeeRun.objects.filter(fund=fund).aggregate(last=Max("number"))["last"] or 0) + 1
    run.due_on = found.period.on + DUE_AFTER
    run.four_eyes, run.recorded_at, run.recorded_by = True, on(found.period.on, 9), staff.manager
    run.approved_at, run.approved_by = at, staff.approver
    open_import()
    run.save(force_insert=True)
    lines = found.lines(run)
    type(lines[0]).objects.bulk_create(lines)
    audit.record(
        verb="approve_fee_run",
        ctx=WriteContext(staff.approver, at),
        subject=run,
        also=[fund],
        fund_id=fund.pk,
        changes={"net": [None, run.net]},
    )
    runs.tell_partners(run, {line.commitment_id: explained(line, run) for line in lines})
    if run.net:
        FeeBill.objects.create(run=run, fund=fund, call=_call(run, lines, bank, paid, staff))


def _call(run: FeeRun, lines, bank: BankDetails, paid: Callable[[Row], Decimal], staff: Staff) -> CapitalCall:
    number = CapitalCall.objects.filter(fund=run.fund).aggregate(last=Max("number"))["last"] or 0
    owed = {line.commitment_id: line.net for line in lines}
    partners = run.fund.commitments.values_list("pk", flat=True)
    plan = CallPlan(
        run.fund_id,
        run.net,
        runs.purpose_of(run),
        "",
        run.effective_on,
        run.due_on,
        (LinePlan(CapitalCallLine.Kind.MANAGEMENT_FEE, run.net, split_by="fixed"),),
        tuple(ItemPlan(pk, line_amounts=(owed.get(pk, Decimal("0.00")),)) for pk in partners),
    )
    call = history.import_call(plan, number + 1, bank=bank, paid=paid, staff=staff)
    history.finish(run.fund, number + 1)
    return call
