"""Numbers that pages show by their last four signs, seen whole: an act of its own, which the audit trail says."""

from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may
from funds.models import BankDetails, Investor

from .partners import own_row


@service
def reveal_bank_details(*, bank_details_id: int, ctx: WriteContext) -> BankDetails:
    """The numbers of one version of a fund's account, to a manager. Raises NotFound, Forbidden."""
    details = BankDetails.objects.select_related("fund").filter(pk=bank_details_id).first()
    if details is None:
        raise NotFound("not_found", "There are no such bank details.")
    check_may(ctx.by, details.fund_id, MANAGE)
    audit.record(
        verb="reveal_bank_details",
        ctx=ctx,
        subject=details,
        also=[details.fund],
        fund_id=details.fund_id,
        changes={"version": [None, details.version]},
    )
    return details


@service
def reveal_tax_reference(*, investor_id: int, ctx: WriteContext) -> Investor:
    """The tax reference of an investor, to whoever may change it. Raises NotFound, Forbidden."""
    investor = own_row(Investor, investor_id, ctx.by)
    audit.record(verb="reveal_tax_reference", ctx=ctx, subject=investor)
    return investor
