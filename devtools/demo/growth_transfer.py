"""The larger fund's transfer: a partner sells a quarter of its interest to another."""

from datetime import date
from decimal import Decimal

from blackgem.lib.context import WriteContext
from closings.models import Transfer
from closings.services.transfers import Agreed, approve_transfer, request_transfer
from funds.models import Fund

from .people import Staff, on

FROM, TO = "0040", "0041"
EFFECTIVE_ON = date(2026, 8, 31)
AGREED = Agreed(price=Decimal("310000.00"), document="Transfer agreement of August 28, 2026, in the vault.")


def transfer(fund: Fund, staff: Staff) -> Transfer:
    """Asked for by one person and approved by another, on its day."""
    partners = dict(fund.commitments.values_list("reference", "pk"))
    asked = request_transfer(
        fund_id=fund.pk,
        transferor_id=partners[FROM],
        transferee_id=partners[TO],
        numerator=1,
        denominator=4,
        effective_on=EFFECTIVE_ON,
        reason="Secondary sale of a quarter, with the consent of the general partner.",
        agreed=AGREED,
        ctx=WriteContext(staff.manager, on(EFFECTIVE_ON, 10)),
    )
    return approve_transfer(transfer_id=asked.pk, ctx=WriteContext(staff.approver, on(EFFECTIVE_ON, 16)))
