"""What clients send about bank statements."""

from typing import Annotated

from django.db.models import TextChoices
from pydantic import Field

from banking.models import EntryClass, EntryRule
from blackgem.http.files import FileContent
from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Day, Id, Money, choice, text


class BankStatementFilter(Paged):
    fund_id: Id = None


class StatementFileBody(Body):
    """A file as the bank gave it: camt.053, MT940, OFX or BAI2; a table (CSV) with the `accountId` whose columns were
    named. A body has at most 1 MB, so the file has at most 750 kB; larger ones are uploaded on the page."""

    fund_id: Id
    name: text(200, least=1)
    content: FileContent
    account_id: Id | None = None


class Wire(TextChoices):
    """A kind of wires of the books."""

    RECEIPT = "receipt", "receipt"
    RECEIPT_RETURN = "receipt_return", "returned to its payer"
    PAYOUT = "payout", "payout of a distribution"
    REFUND_PAYOUT = "refund_payout", "payout of a refund"
    FEE_PAYMENT = "fee_payment", "payment of a management fee"


class EntrySplitBody(Body):
    item_id: Id
    amount: Money


class ApplyEntryBody(Body):
    """Items and what is applied to each; what is left stays unapplied, and is `holderId`'s, a commitment, if known."""

    splits: Annotated[list[EntrySplitBody], Field(max_length=1000)] = Field(default_factory=list)
    holder_id: Id | None = None


class LinkEntryBody(Body):
    """Wires of the books of one kind, by their ids. With `pays`, ids of what is payable: items of a distribution, or
    refunds."""

    kind: choice(Wire, upper=True)
    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    pays: bool = False


class ClassifyEntryBody(Body):
    entry_class: choice(EntryClass, upper=True)
    rule_id: Id | None = None
    note: text(500) = ""


class IgnoreEntryBody(Body):
    reason: text(500, least=1)


class BankRuleBody(Body):
    side: choice(EntryRule.Side, upper=True)
    name_holds: text(100) = ""
    text_holds: text(100) = ""
    least: Money | None = None
    most: Money | None = None
    entry_class: choice(EntryClass, upper=True)


class ReconciliationFilter(Body):
    """Days; left out, the last month up to the fund's today."""

    first: Day = None
    last: Day = None
