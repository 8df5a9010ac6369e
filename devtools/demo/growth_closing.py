"""The larger fund's second closing: an endowment comes in, and a partner promises more, half a year after the first;
both are charged the fees of before, as they are worked out.
"""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.services import calls, payments
from closings.models import Closing
from closings.services import closings, letters, refunds
from closings.services.planning import ClosingPlan, TranchePlan
from funds.models import Commitment, Fund

from .people import Staff, create_investor, on

AFTER_CALL = 2
HELD_ON, PAY_ON, PAID_BACK_ON = date(2022, 6, 30), date(2022, 7, 20), date(2022, 7, 22)
NEWCOMER, PROMISED = "Northgate University Endowment", Decimal("6000000.00")
#: Reference → what it promises more.
INCREASED, MORE = "0003", Decimal("1000000.00")


def close(fund: Fund, staff: Staff) -> Closing:
    """Settled by three people; the later partners pay on the day, and what they took over goes back two days later."""
    closing = _settled(fund, staff)
    sent = WriteContext(staff.manager, on(HELD_ON, 17))
    calls.send_notices(call_id=closing.call_id, ctx=sent)
    letters.send_notices(closing_id=closing.pk, ctx=sent)
    for item in closing.call.items.select_related("capital").order_by("pk"):
        payments.record_payment(
            item_id=item.pk,
            amount=item.capital.outstanding,
            value_date=PAY_ON,
            method="wire",
            ctx=WriteContext(staff.manager, on(PAY_ON)),
        )
    ctx = WriteContext(staff.manager, on(PAID_BACK_ON))
    refunds.pay_refunds(closing_id=closing.pk, value_date=PAID_BACK_ON, reference="CLOSING2", ctx=ctx)
    return closing


def _settled(fund: Fund, staff: Staff) -> Closing:
    who = WriteContext(staff.manager, on(HELD_ON, 9))
    endowment = create_investor(
        NEWCOMER, "foundation", address="77 Quadrangle Way\nHanover, NH 03755", ctx=who
    )
    standing = Commitment.objects.get(fund=fund, reference=INCREASED)
    plan = ClosingPlan(
        fund_id=fund.pk,
        held_on=HELD_ON,
        pay_on=PAY_ON,
        tranches=(
            TranchePlan(endowment.pk, PROMISED),
            TranchePlan(standing.investor_id, MORE),
        ),
        fee_interest=Closing.FeeInterest.PER_INSTALMENT,
        rate=Decimal("0.08"),
    )
    draft = closings.draft_closing(plan=plan, ctx=WriteContext(staff.analyst, on(HELD_ON, 10)))
    closings.submit_closing(closing_id=draft.pk, ctx=WriteContext(staff.manager, on(HELD_ON, 11)))
    return closings.settle_closing(closing_id=draft.pk, ctx=WriteContext(staff.approver, on(HELD_ON, 16)))
