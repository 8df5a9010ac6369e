"""What clients send about allocations, calls, payments and receipts."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Day, Id, Money, MoneyOrZero, Rate, choice, text
from blackgem.lib.errors import InvalidInput
from capital.models import CapitalCallLine, ResidualSettlement
from capital.queries.line_keys import Drafted
from capital.services.excuses import USUAL_LIMIT
from capital.states import CallStatus
from funds.api.verbs import Keys, Revision

MOST_ITEMS = 5000


class AllocationFilter(Paged):
    fund_id: Id = None


class CallFilter(Paged):
    fund_id: Id = None
    status: choice(CallStatus, upper=True) = None


class NewAllocation(Body):
    fund_id: Id
    deal_id: Id
    committed: Money


class AllocationAmendment(Body):
    """A dated row that raises or lowers what is committed, from a day on."""

    direction: Literal["raise", "lower"]
    amount: Money
    effective_on: Day
    reason: text(500, least=1)


class AllocationCall(Body):
    """A call on one allocation. The call date is today and the purpose "Investment – {deal}" unless said.
    `acknowledged` are the keys of `facts.checks` of a refusal before that the caller lets pass."""

    amount: Money
    due_date: Day
    call_date: Day | None = None
    purpose: text(200, least=1) | None = None
    purpose_detail: text(2000, multi_line=True) = ""
    acknowledged: Keys = []


class LineBody(Body):
    kind: choice(Drafted)
    amount: Money
    allocation_id: Id | None = None
    reduces_unfunded: bool = True
    split_by: choice(CapitalCallLine.SplitBy) | None = None


class ItemLineBody(Body):
    """An investor's part of one line: its amount, or the reason why it is excused. `included` says why it has an amount
    although it was excused from the line's deal before."""

    amount: MoneyOrZero = None
    excused: text(500, least=1) = None
    included: text(500, least=1) | None = None

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.amount is None) == (self.excused is None):
            raise InvalidInput("line.ambiguous", "Give an amount, or say why the investor is excused.")
        return self


class ItemBody(Body):
    """`lines` are the investor's parts of the call's lines, in the call's order."""

    investor_id: Id
    called_amount: MoneyOrZero
    lines: Annotated[list[ItemLineBody], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _lines_add_up(self):
        if self.lines and sum((line.amount or Decimal(0)) for line in self.lines) != self.called_amount:
            raise InvalidInput("call.items_do_not_add_up", "The lines must add up to calledAmount.")
        return self


class CallBody(Body):
    """A call of several lines, or with `allocationId` of one investment line. Without `items` it is called pro rata;
    with them, whoever is not named is called for nothing."""

    fund_id: Id
    total_amount: Money
    purpose: text(200, least=1)
    purpose_detail: text(2000, multi_line=True) = ""
    call_date: Day
    due_date: Day
    allocation_id: Id | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=200)] | None = None
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MOST_ITEMS)] | None = None

    @model_validator(mode="after")
    def _is_consistent(self):
        if self.lines and self.allocation_id:
            raise InvalidInput("lines.ambiguous", "Give lines, or an allocationId for one line, not both.")
        named = [item.investor_id for item in self.items or ()]
        if len(set(named)) < len(named):
            raise InvalidInput("items.repeated", "An investor is named twice.")
        count = len(self.lines or [None])
        if any(len(item.lines) != count for item in self.items or () if item.lines):
            raise InvalidInput("items.lines", "The lines of an item are as many as those of the call.")
        return self


class CallChange(CallBody):
    """`revision` of the draft as it was read; another one in the meantime is refused."""

    revision: Revision | None = None


class SplitBody(Body):
    item_id: Id
    amount: Money


Splits = Annotated[list[SplitBody], Field(min_length=1, max_length=MOST_ITEMS)]


class CallPayment(Body):
    """Money for a call. Whom it credits: `itemId`, `splits`, or `spread`; without them, everybody who owes, if it is
    all that is owed, or the only one who does."""

    amount: Money
    tx_ref: text(100, least=1) | None = None
    item_id: Id | None = None
    splits: Splits | None = None
    spread: Literal["pro_rata"] | None = None
    value_date: Day | None = None
    method: text(50, least=1) = "wire"


class ItemPayment(Body):
    """`paidAmount` is the amount of this payment, added to what was paid before."""

    paid_amount: Money
    paid_date: Day
    payment_method: text(50, least=1)
    payment_ref: text(100) | None = None


class NewSettlement(Body):
    """What is to become of all that is outstanding of an item, from `effectiveOn` (today) on. `amount` is what was
    seen of it: where another amount is outstanding by now, nothing is settled."""

    kind: choice(ResidualSettlement.Kind) = ResidualSettlement.Kind.CARRIED
    amount: Money | None = None
    effective_on: Day | None = None
    reason: text(500, least=1)


class NewExcuse(Body):
    """From which investment line of the call the partner is excused: from `amount` of what it holds of it, or all, from
    `effectiveOn` (today) on. Each of the others is asked for at most `limit` more than at first."""

    line_id: Id
    amount: Money | None = None
    limit: Rate = USUAL_LIMIT
    effective_on: Day | None = None
    reason: text(500, least=1)


class ReverseBody(Body):
    """`moneyLeft`: the wire bounced, on `cashOn` by the bank (today); otherwise it was posted wrongly, and stays as
    unapplied cash. Of what was charged to expenses no cash moves."""

    reason: text(500, least=1)
    money_left: bool = True
    cash_on: Day | None = None


class NewReceipt(Body):
    amount: Money
    value_date: Day
    payer: text(200) = ""
    tx_ref: text(100, least=1) | None = None
    method: text(50, least=1) = "wire"
    note: text(500) = ""


class ApplyReceipt(Body):
    splits: Splits


class ReturnReceipt(Body):
    """`investorId` says whose money it was; without it, it was no partner's, and nobody gets a letter."""

    amount: Money
    value_date: Day
    reason: text(500, least=1)
    investor_id: Id = None


class TakeBackReturn(Body):
    """On which day the money was back, and why."""

    value_date: Day
    reason: text(500, least=1)


class SendReturnNotice(Body):
    resend: bool = False


RETURN_NOT_AGAIN = SendReturnNotice()
