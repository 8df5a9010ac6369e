"""A fund's bank statement, for everybody who might ask about it."""

from decimal import Decimal

from banking.services.accounts import add_bank_account
from banking.services.files import upload_statement
from banking.services.reading import read_next
from banking.services.rules import teach_rule
from blackgem.lib.context import WriteContext
from tests.integration.capital.story import TODAY
from tests.integration.distributions.story import AT_EXIT
from tests.support import bank_files


def banked(story) -> dict[str, object]:
    """The ids of a file and its statement, of an account of the fund, with a fee."""
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
    }
