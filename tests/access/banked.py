"""A fund’s bank statement, and a payment file, for everybody who might ask about them."""

from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from banking.models import PaymentFile, PaymentFileLine
from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.reading import read_next
from banking.services.rules import teach_rule
from blackgem.lib.context import WriteContext
from funds.services.payees import propose_payee_details, verify_payee_details
from tests.integration.capital.story import TODAY
from tests.integration.distributions.story import AT_EXIT
from tests.support import bank_files
from tests.support.called import called
from tests.support.opened import written


def banked(story, other) -> dict[str, object]:
    """The ids of a file and its statement, of an account of the fund, with a fee; and of a payment file that waits,
    to an account of the GP that `other` verified."""
    ctx, fund = WriteContext(story.manager, AT_EXIT), story.fund.pk
    account = add_bank_account(fund_id=fund, number=bank_files.NUMBER, ctx=ctx)
    fee = bank_files.Booking(TODAY, Decimal("-1.00"), "F1", "Fee")
    content = bank_files.camt([fee], Decimal("5.00"))
    file = upload_statement(fund_id=fund, name="fee.xml", content=content, ctx=ctx)
    assert read_next(at=AT_EXIT)
    rule = teach_rule(fund_id=fund, side="out", text_holds="charge", entry_class="bank_charge", ctx=ctx)
    statement = file.statements.get()
    return {
        "statement_file_id": file.pk,
        "statement_id": statement.pk,
        "entry_id": statement.entries.get().pk,
        "rule_id": rule.pk,
        "account_id": account.pk,
        **_payment_file(story, account, other),
    }


def _payment_file(story, account, other) -> dict[str, object]:
    ctx, content = WriteContext(story.manager, AT_EXIT), b"pay"
    fields = {"bank_name": "Bank", "account_name": "GP", "account_number": "000777888999"}
    details = propose_payee_details(commitment_id=story.gp.pk, fields=fields, ctx=ctx)
    call = called(details, AT_EXIT)
    verify_payee_details(payee_details_id=details.pk, call=call, ctx=WriteContext(other, AT_EXIT))
    with written():
        file = PaymentFile.objects.create(
            fund=story.fund, account=account, number=1, format="csv", pay_on=TODAY, count=1, total=Decimal("5.00"),
            message_id="M", content=content, sha256=sha256(content).hexdigest(), new_since=AT_EXIT,
            four_eyes=True, created_at=AT_EXIT, created_by=story.manager,
        )  # fmt: skip
        line = PaymentFileLine.objects.create(
            fund=story.fund, file=file, n=1, kind="refund_payout", row_id=10**9, commitment=story.gp,
            payee_details=details, amount=Decimal("5.00"), what="Refund", end_to_end_id="E", uetr=UUID(int=7),
        )  # fmt: skip
    return {"payment_file_id": file.pk, "payment_line_id": line.pk}
