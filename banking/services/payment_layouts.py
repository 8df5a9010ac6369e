"""What a bank asks of payment files in a format, remembered for an account."""

from django.db.models import Max

from banking.models import BankAccount, PaymentFormat, PaymentLayout
from banking.writers import faults_of_layout
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput, NotFound, Problem
from blackgem.lib.problems import raise_if
from blackgem.lib.sql import service
from funds.access import MANAGE, check_may


@service
def name_layout(*, account_id, format: str, layout: dict, ctx: WriteContext) -> PaymentLayout:
    """Remember what a bank asks of files in a format, in place of what was remembered before. Raises InvalidInput."""
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound("not_found", "There is no such account.")
    check_may(ctx.by, account.fund_id, MANAGE)
    check_format(format)
    raise_if(Problem(fault.code, fault.message, "layout") for fault in faults_of_layout(format, layout))
    rows = account.payment_layouts.filter(format=format)
    row = PaymentLayout.objects.create(
        fund_id=account.fund_id,
        account=account,
        format=format,
        version=(rows.aggregate(newest=Max("version"))["newest"] or 0) + 1,
        layout=layout,
        recorded_at=ctx.at,
        recorded_by=ctx.by,
    )
    audit.record(verb="name_layout", ctx=ctx, subject=row, also=[account], fund_id=account.fund_id)
    return row


def check_format(form: str) -> None:
    """Raise InvalidInput for a format that no writer knows."""
    if form not in PaymentFormat.values:
        raise InvalidInput("format.unknown", "There is no such format.", field="format")
