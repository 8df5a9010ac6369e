"""What the larger fund paid out: a recapitalisation, unused money given back, an exit at a loss, and two good exits.

The last one returns all that was paid in with its preferred return, lets the GP catch up, and bears carried interest.
Every step is done through the services by the people whom the fund's four eyes demand, on the day it would have been.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from blackgem.lib.context import WriteContext
from distributions.models import Distribution
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from distributions.services.write_downs import write_down
from distributions.states import DistributionType
from funds.models import Fund

from . import growth_payouts, growth_tax
from .people import Staff, on


@dataclass(frozen=True)
class Proceeds:
    """Money to distribute, `amount` in dollars; `deal` is a name."""

    on: date
    amount: int
    type: DistributionType
    deal: str
    source: str
    recallable: bool = False


RECAPITALISATION = Proceeds(
    date(2023, 12, 15),
    6_000_000,
    DistributionType.RETURN_OF_CAPITAL,
    "Tidewater Packaging",
    "Recapitalisation of Tidewater Packaging",
    recallable=True,
)
UNUSED = Proceeds(
    date(2025, 3, 14),
    1_200_000,
    DistributionType.RETURN_OF_EXCESS_CAPITAL,
    "Quarry Lane Software",
    "Called for Quarry Lane Software and not needed at closing",
)
AT_A_LOSS = Proceeds(
    date(2025, 9, 26),
    4_500_000,
    DistributionType.EXIT_PROCEEDS,
    "Bluestone Diagnostics",
    "Sale of Bluestone Diagnostics, below cost",
)
GOOD_EXIT = Proceeds(
    date(2026, 3, 20),
    58_000_000,
    DistributionType.EXIT_PROCEEDS,
    "Quarry Lane Software",
    "Sale of Quarry Lane Software to a strategic buyer",
)
CARRY_BEARING_EXIT = Proceeds(
    date(2026, 10, 20),
    86_400_000,
    DistributionType.EXIT_PROCEEDS,
    "Tidewater Packaging",
    "Sale of Tidewater Packaging",
)
#: Quarter of a call → what was distributed before the next one.
AFTER_CALL = {8: RECAPITALISATION, 13: UNUSED, 15: AT_A_LOSS, 17: GOOD_EXIT, 19: CARRY_BEARING_EXIT}
#: What the laboratory had lost of its cost, the summer before it was sold.
WRITTEN_DOWN = ("Bluestone Diagnostics", date(2025, 6, 30), Decimal("9000000.00"))


def distribute_after(quarter: int, *, fund: Fund, deals: Mapping[str, int], staff: Staff) -> None:
    """Distribute what came in between the call of that quarter and the next. `deals` are ids by name."""
    proceeds = AFTER_CALL.get(quarter)
    if proceeds is AT_A_LOSS:
        _write_down(fund, deals, staff)
    if proceeds:
        _distribute(proceeds, fund, deals, staff)


def _write_down(fund, deals, staff) -> None:
    name, day, amount = WRITTEN_DOWN
    write_down(
        fund_id=fund.pk,
        deal_id=deals[name],
        date=day,
        amount=amount,
        ctx=WriteContext(staff.manager, on(day)),
    )


def _distribute(proceeds: Proceeds, fund, deals, staff) -> Distribution:
    """Drafted, submitted, approved by a second person, issued, its notices sent, and paid out by one wire each."""
    plan = DistributionPlan(
        fund.pk,
        Decimal(proceeds.amount).quantize(Decimal("0.01")),
        proceeds.on,
        proceeds.type,
        proceeds.source,
        deals[proceeds.deal],
        proceeds.recallable,
    )
    before = proceeds.on - timedelta(days=3)
    if proceeds is CARRY_BEARING_EXIT:
        growth_payouts.name_accounts(fund, staff)
    draft = distributions.draft_distribution(plan=plan, ctx=WriteContext(staff.analyst, on(before, 9)))
    which = {"distribution_id": draft.pk}
    distributions.submit_distribution(**which, ctx=WriteContext(staff.manager, on(before)))
    distributions.approve_distribution(**which, ctx=WriteContext(staff.approver, on(before, 16)))
    distributions.issue_approved_distribution(**which, ctx=WriteContext(staff.manager, on(proceeds.on, 9)))
    distributions.send_notices(**which, ctx=WriteContext(staff.manager, on(proceeds.on, 10)))
    if proceeds is CARRY_BEARING_EXIT:
        growth_tax.set_off(draft, staff)
        growth_payouts.pay_out_but_later(draft, growth_tax.DUE, staff)
        return draft
    payouts.pay_out(
        **which,
        value_date=proceeds.on,
        method="wire",
        reference=f"DN{draft.number}",
        ctx=WriteContext(staff.manager, on(proceeds.on)),
    )
    return draft
