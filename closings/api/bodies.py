"""What clients send about later closings and their refunds."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from blackgem.http.pagination import Paged
from blackgem.http.schemas import (
    Body,
    Day,
    Email,
    Filters,
    Id,
    Money,
    MoneyOrZero,
    Rate,
    choice,
    text,
    whole_number,
)
from closings.models import Closing, Transfer
from closings.states import ClosingStatus
from funds.api.letters import Stage
from funds.api.verbs import Revision
from funds.models import Commitment

MOST_TRANCHES = 500
MOST_FEES = 100
MOST_ROWS = 1000
MOST_PARTS = 5000


class ClosingFilter(Paged):
    fund_id: Id = None
    status: choice(ClosingStatus, upper=True) = None


class ClosingFeeBody(Body):
    """An instalment of fees for the time before, owed to the manager, and the day on which the others paid it."""

    amount: Money
    due_on: Day


class ClosingExcuseBody(Body):
    """A deal of which who comes in takes over nothing, and why: a side letter, an opinion."""

    deal_id: Id
    reason: text(500, least=1)


class ClosingTrancheBody(Body):
    """What an investor promises: as a new partner, or more than it did; a partner keeps its kind and reference. Its
    fees for the time before are worked out where the fund has a fee schedule; `fees` say others, for a `feeReason`,
    which alone says that none are charged. A new partner may have agreed on a rate of its own (`feeRate`) or on a
    share off its fee (`feeDiscount`)."""

    investor_id: Id
    amount: Money
    kind: choice(Commitment.Kind) = Commitment.Kind.LP
    reference: text(20) = ""
    fees: Annotated[list[ClosingFeeBody], Field(max_length=MOST_FEES)] = []
    fee_reason: text(500) = ""
    fee_rate: Rate | None = None
    fee_discount: Rate | None = None
    excuses: Annotated[list[ClosingExcuseBody], Field(max_length=MOST_ROWS)] = []


class ClosingRateBody(Body):
    """A rate of interest a year, from a day on."""

    starts_on: Day
    rate: Rate


class ClosingValueBody(Body):
    """What a line of an earlier call is worth, where it is bought in at value: a premium stands in for interest."""

    line_id: Id
    value: MoneyOrZero


class ClosingBody(Body):
    """A later closing with its terms. Interest is by one `rate` or by a table of `rates`; whether fees bear interest is
    always said, and `distributions` where some were made before of deals that take part."""

    fund_id: Id
    held_on: Day
    pay_on: Day
    tranches: Annotated[list[ClosingTrancheBody], Field(max_length=MOST_TRANCHES)]
    fee_interest: choice(Closing.FeeInterest)
    rate: Rate | None = None
    rates: Annotated[list[ClosingRateBody], Field(max_length=MOST_ROWS)] = []
    spread: Rate = Decimal(0)
    compounding: choice(Closing.Compounding) = Closing.Compounding.SIMPLE
    day_count: choice(Closing.DayCount) = Closing.DayCount.ACT_365
    count_both_ends: bool = False
    interest_end: choice(Closing.InterestEnd) = Closing.InterestEnd.DUE_DATE
    general_partner_bears_interest: bool = False
    fees_inside: bool = True
    distributions: choice(Closing.Distributions) | None = None
    excluded_deals: Annotated[list[Id], Field(max_length=MOST_ROWS)] = []
    values: Annotated[list[ClosingValueBody], Field(max_length=MOST_ROWS)] = []


class ClosingChange(ClosingBody):
    """`revision` of the draft as it was read; another one in the meantime is refused."""

    revision: Revision | None = None


class RefundPayoutBody(Body):
    """What is released went out: of one refund, or of every one of the closing."""

    paid_date: Day
    method: text(50, least=1)
    reference: text(100) = ""
    refund_id: Id | None = None


class ReverseRefundPayout(Body):
    """`bounced`: the wire came back on `cashOn` by the bank (today); otherwise it was posted wrongly."""

    reason: text(500, least=1)
    bounced: bool = True
    cash_on: Day | None = None


class ReverseClosing(Body):
    reason: text(500, least=1)


class SendRefundNotices(Body):
    resend: bool = False


NOT_AGAIN = SendRefundNotices()


class RefundNoticeFilter(Filters):
    """Whose notice; without it, all of them in one file. Before the closing is settled there are no refunds yet, and
    `stage=draft` asks how all letters would read, marked as drafts; nothing stays written."""

    refund_id: Id = None
    stage: choice(Stage) = Stage.ISSUED


class TransferFilter(Paged):
    fund_id: Id = None


class NewInvestorBody(Body):
    """An investor that nobody entered yet; its notices go to `email`, until its contacts say otherwise."""

    name: text(200, least=1)
    email: Email = ""


class TransferBody(Body):
    """From one partner to another, or to an investor that is admitted with nothing in the same step, under `reference`
    or the next number. What moves is a share, `numerator` of `denominator`, or what an `amount` of the commitment is of
    it. What is owed of calls is `settled` before, or `assumed` with the share that moves (`open_items`)."""

    fund_id: Id
    transferor_id: Id
    transferee_id: Id | None = None
    investor_id: Id | None = None
    new_investor: NewInvestorBody | None = None
    reference: text(20) = ""
    numerator: whole_number(1, 10**15) | None = None
    denominator: whole_number(1, 10**15) | None = None
    amount: Money | None = None
    effective_on: Day | None = None
    reason: text(500, least=1)
    price: MoneyOrZero | None = None
    note: text(500) = ""
    document: text(200) = ""
    parties_named: bool = False
    open_items: choice(Transfer.OpenItems) = Transfer.OpenItems.SETTLED


class SetoffPartBody(Body):
    commitment_id: Id
    amount: Money


class SetoffBody(Body):
    """What is payable of a distribution pays what is owed of a call, on a day (today). Without `parts` it is for every
    partner the smaller of the two. `reason` is the clause, or who agreed."""

    call_id: Id
    reason: text(500, least=1)
    value_date: Day | None = None
    parts: Annotated[list[SetoffPartBody], Field(min_length=1, max_length=MOST_PARTS)] | None = None


class ReverseSetoff(Body):
    reason: text(500, least=1)
