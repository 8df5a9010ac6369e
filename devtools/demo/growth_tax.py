"""Tax that the larger fund paid abroad for three partners, and asks back of them: one pays in time, one lets it be set
off against the sale of that month, and one pays late, is given notice, and owes interest that is passed on.
"""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CapitalCall, CapitalCallItem, CapitalCallLine
from capital.services import calls, drafts, payments
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from closings.services import defaults, remedies, setoffs
from closings.services.defaults import DefaultTerms
from distributions.models import Distribution
from funds.models import Fund

from .people import Staff, on

PURPOSE = "Tax paid abroad on your behalf – Tidewater Packaging"
CALLED_ON, DUE = date(2026, 9, 21), date(2026, 10, 21)
IN_TIME, NETTED, LATE = "0065", "0025", "0063"
#: Reference → what is asked back of it.
OWED = {NETTED: Decimal("41350.00"), LATE: Decimal("96400.00"), IN_TIME: Decimal("28750.00")}
PAID_ON = date(2026, 10, 15)
NOTICE, CURE_BY, CURED = date(2026, 10, 22), date(2026, 11, 5), date(2026, 11, 2)
INTEREST_ON, INTEREST_DUE = date(2026, 11, 3), date(2026, 11, 17)
INTEREST_PAID, PASSED_ON = date(2026, 11, 6), date(2026, 11, 9)


def ask_back(fund: Fund, staff: Staff) -> CapitalCall:
    """The call of it, by three people; its letters go out, and one partner pays."""
    total = sum(OWED.values())
    line = LinePlan(
        CapitalCallLine.Kind.PARTNERSHIP_EXPENSES, total, reduces_unfunded=False, split_by="fixed"
    )
    parts = tuple(
        ItemPlan(pk, line_amounts=(OWED.get(reference, Decimal("0.00")),))
        for reference, pk in fund.commitments.values_list("reference", "pk")
    )
    plan = CallPlan(fund.pk, total, PURPOSE, "", CALLED_ON, DUE, (line,), parts)
    draft = drafts.draft_call(plan=plan, ctx=WriteContext(staff.analyst, on(CALLED_ON, 9)))
    which = {"call_id": draft.pk}
    calls.submit_call(**which, ctx=WriteContext(staff.manager, on(CALLED_ON, 10)))
    calls.approve_call(**which, ctx=WriteContext(staff.approver, on(CALLED_ON, 16)))
    calls.send_notices(**which, ctx=WriteContext(staff.manager, on(CALLED_ON, 17)))
    _pay(_item(fund, IN_TIME), PAID_ON, staff)
    return draft


def set_off(distribution: Distribution, staff: Staff) -> None:
    """What one partner owes is paid out of what a distribution gives it, by two people; its rest goes out too."""
    item = _item(distribution.fund, NETTED)
    asked = setoffs.request_setoff(
        call_id=item.call_id,
        distribution_id=distribution.pk,
        amounts={item.commitment_id: item.amount},
        value_date=DUE,
        reason="The partner’s letter of October 12, 2026: out of the proceeds of Tidewater.",
        ctx=WriteContext(staff.manager, on(DUE, 11)),
    )
    setoffs.approve_setoff(setoff_id=asked.pk, ctx=WriteContext(staff.approver, on(DUE, 12)))


def default(fund: Fund, staff: Staff) -> None:
    """Notice, the late payment, its interest, and what the other partners get of it; a second person each time."""
    item = _item(fund, LATE)
    notice = defaults.request_default(
        item_id=item.pk,
        cure_by=CURE_BY,
        terms=DefaultTerms(rate=Decimal("0.1")),
        reason="Clause 6.6 of the partnership agreement",
        ctx=WriteContext(staff.manager, on(NOTICE, 10)),
    )
    defaults.approve_default(default_id=notice.pk, ctx=WriteContext(staff.approver, on(NOTICE, 16)))
    _pay(item, CURED, staff)
    remedy = remedies.request_interest(
        default_id=notice.pk,
        due_on=INTEREST_DUE,
        reason="Paid twelve days after it was due.",
        ctx=WriteContext(staff.manager, on(INTEREST_ON, 10)),
    )
    remedy = remedies.approve_remedy(
        remedy_id=remedy.pk, ctx=WriteContext(staff.approver, on(INTEREST_ON, 16))
    )
    call = remedy.asked.call
    calls.send_notices(call_id=call.pk, ctx=WriteContext(staff.manager, on(INTEREST_ON, 17)))
    _pay(call.items.get(commitment=item.commitment_id), INTEREST_PAID, staff)
    remedies.pay_interest_on(
        remedy_id=remedy.pk,
        value_date=PASSED_ON,
        reference=f"DEFAULT{notice.number}",
        ctx=WriteContext(staff.manager, on(PASSED_ON)),
    )


def _item(fund: Fund, reference: str) -> CapitalCallItem:
    return CapitalCallItem.objects.get(
        call__fund=fund, call__call_date=CALLED_ON, commitment__reference=reference
    )


def _pay(item: CapitalCallItem, day: date, staff: Staff) -> None:
    payments.record_payment(
        item_id=item.pk,
        amount=item.amount,
        value_date=day,
        method="wire",
        ctx=WriteContext(staff.manager, on(day)),
    )
