"""What clients get about allocations, calls, payments and receipts. Statuses of calls and items in capitals."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer, Rate
from funds.api.letters import CheckAnswer, LetterAnswer
from funds.api.schemas import ControlChangeAnswer


class FundCapitalAnswer(Answer):
    """A fund's deals: the sums of its allocations."""

    fund_id: int
    total_committed: Amount
    total_called: Amount
    total_funded: Amount
    uncalled_capital: Amount
    outstanding_calls: Amount


class AllocationAnswer(Answer):
    id: int
    fund_id: int
    deal_id: int
    deal_name: str
    state: str
    committed: Amount
    called: Amount
    funded: Amount
    uncalled: Amount
    outstanding: Amount
    created_at: datetime


class AllocationAmountAnswer(Answer):
    """A dated row of an allocation. What is committed on a day is the sum of the approved rows effective by then.
    `revision` is how many rows of the allocation are approved."""

    id: int
    allocation_id: int
    kind: str
    amount: Amount
    effective_on: date
    reason: str
    status: str
    four_eyes: bool
    revision: int
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class AllocationAmountsAnswer(Answer):
    amendments: list[AllocationAmountAnswer]
    total: int


class AllocationsAnswer(Answer):
    allocations: list[AllocationAnswer]
    total: int


class LineAnswer(Answer):
    """Payments are applied to lines by their position."""

    id: int
    position: int
    kind: str
    amount: Amount
    allocation_id: int | None
    deal_name: str | None
    seq_no: int | None
    reduces_unfunded: bool
    split_by: str


class ItemLineAnswer(Answer):
    line_id: int
    amount: Amount
    basis: str
    excuse_reason: str
    included_reason: str


class ItemAnswer(Answer):
    """One investor's part of a call: outstanding = calledAmount − paidAmount. `waivedAmount` is off `calledAmount`, and
    `revisedAmount`, by which it changed as somebody was excused, is in it; the lines are as they were issued. Method
    and reference are those of the last payment that stands; `dueDate` is the next call's once a residual was carried
    there, null while there is none; `notices` are the versions of its letter, newest first."""

    id: int
    capital_call_id: int
    investor_id: int
    investor_name: str
    commitment_id: int
    reference: str
    called_amount: Amount
    revised_amount: Amount
    waived_amount: Amount
    paid_amount: Amount
    outstanding: Amount
    status: str
    due_date: date | None
    days_overdue: int
    standing: str
    paid_date: date | None
    payment_method: str | None
    payment_ref: str | None
    lines: list[ItemLineAnswer]
    notices: list[LetterAnswer]


class CallAnswer(Answer):
    """A call: outstanding = totalAmount + revisedAmount − waivedAmount − paidAmount; all but the total are 0 while it
    is not issued. `revisedAmount` is below 0 by what nobody could be asked for as partners were excused."""

    id: int
    fund_id: int
    fund_name: str
    call_number: int
    call_date: date
    due_date: date
    total_amount: Amount
    revised_amount: Amount
    waived_amount: Amount
    paid_amount: Amount
    outstanding: Amount
    purpose: str
    purpose_detail: str
    status: str
    days_overdue: int
    notice_sent_at: datetime | None
    four_eyes: bool
    revision: int
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str


class CallDetailAnswer(CallAnswer):
    """`checks` is what should be looked at before the letters go out; empty once they did. `pendingChanges` is what
    of it waits for another person."""

    lines: list[LineAnswer]
    items: list[ItemAnswer]
    allocations: list[AllocationAnswer]
    checks: list[CheckAnswer]
    pending_changes: list[ControlChangeAnswer]


class AllocationCallAnswer(CallDetailAnswer):
    allocation: AllocationAnswer


class CallSummaryAnswer(Answer):
    """Over the whole filter, in one currency. Null where the filter spans funds of several: see `summaries`."""

    currency: str | None
    total_called: Amount | None
    total_funded: Amount | None
    outstanding: Amount | None
    unfunded_commitments: Amount | None


class CallsAnswer(Answer):
    capital_calls: list[CallAnswer]
    total: int
    summary: CallSummaryAnswer
    summaries: list[CallSummaryAnswer]


class ReversalAnswer(Answer):
    id: int
    status: str
    reason: str
    money_left: bool
    cash_on: date | None
    four_eyes: bool
    requested_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class PaymentAnswer(Answer):
    """Money applied to one item: of a receipt, or by a settlement that charged a residual to expenses. A reversal is a
    negative payment that names the one it takes back; so is what an excuse freed, which was paid too much by then, and
    is unapplied cash of its receipt again."""

    id: int
    fund_id: int
    capital_call_id: int
    item_id: int
    receipt_id: int | None
    settlement_id: int | None
    excuse_id: int | None
    investor_id: int
    investor_name: str
    amount: Amount
    value_date: date
    method: str
    payment_ref: str
    tx_ref: str | None
    reverses_id: int | None
    reversal: ReversalAnswer | None
    recorded_at: datetime


class SettlementAnswer(Answer):
    """What was decided about all that was outstanding of an item."""

    id: int
    capital_call_id: int
    item_id: int
    kind: str
    amount: Amount
    effective_on: date
    reason: str
    status: str
    four_eyes: bool
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class SettlementsAnswer(Answer):
    settlements: list[SettlementAnswer]
    total: int


class ExcuseAnswer(Answer):
    """A partner that is excused from `amount` of its part of an investment line of an issued call."""

    id: int
    capital_call_id: int
    item_id: int
    line_id: int
    amount: Amount
    limit: Rate
    effective_on: date
    reason: str
    status: str
    four_eyes: bool
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class ExcusesAnswer(Answer):
    excuses: list[ExcuseAnswer]
    total: int


class PaymentsAnswer(Answer):
    payments: list[PaymentAnswer]
    total: int


class CallPaymentAnswer(Answer):
    payments: list[PaymentAnswer]
    capital_call: CallDetailAnswer
    allocations: list[AllocationAnswer]


class CashReturnAnswer(Answer):
    """Unapplied cash that left again. `investorId` is whose it was, null where no partner's; `takenBackOn` the day on
    which it was back. `notices` are the versions of the letter about it, newest first; `checks` what to look at before
    it leaves, only where one return is asked for."""

    id: int
    receipt_id: int
    investor_id: int | None
    amount: Amount
    value_date: date
    reason: str
    recorded_at: datetime
    taken_back_on: date | None
    taken_back_because: str | None
    notices: list[LetterAnswer]
    checks: list[CheckAnswer]


class ReceiptReturnAnswer(Answer):
    """One return of a receipt. One that was taken back left nothing."""

    id: int
    investor_id: int | None
    amount: Amount
    value_date: date
    taken_back_on: date | None


class ReceiptAnswer(Answer):
    """Money that arrived: what of it was applied to items, returned, and still waits."""

    id: int
    fund_id: int
    amount: Amount
    applied: Amount
    returned: Amount
    unapplied: Amount
    value_date: date
    payer: str
    method: str
    tx_ref: str | None
    note: str
    recorded_at: datetime
    returns: list[ReceiptReturnAnswer]


class CashSummaryAnswer(Answer):
    received: Amount
    applied: Amount
    returned: Amount
    unapplied: Amount


class ReceiptsAnswer(Answer):
    receipts: list[ReceiptAnswer]
    total: int
    summary: CashSummaryAnswer
