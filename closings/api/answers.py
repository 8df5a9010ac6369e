"""What clients get about later closings and their refunds. Statuses in capitals."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer, Fraction
from funds.api.letters import LetterAnswer


class ClosingAnswer(Answer):
    """A later closing. `refunded` is what earlier partners get back, `paidBack` what went out of it; both are zero
    until it is `SETTLED`. `callId` is the call that collects it."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    number: int
    held_on: date
    pay_on: date
    status: str
    promised: Amount
    refunded: Amount
    paid_back: Amount
    call_id: int | None
    revision: int
    created_at: datetime


class ClosingsAnswer(Answer):
    closings: list[ClosingAnswer]
    total: int


class ClosingFeeAnswer(Answer):
    amount: Amount
    due_on: date


class ClosingExcuseAnswer(Answer):
    """A deal of which the partner takes over nothing, and why."""

    deal_id: int
    reason: str


class ClosingTrancheAnswer(Answer):
    """What an investor promises, the deals from which it is excused, and what a person said of its fees for the time
    before: `fees` that are charged instead of those that are worked out, and why; what a new partner agreed on its
    fee."""

    investor_id: int
    investor_name: str
    kind: str
    reference: str
    amount: Amount
    fees: list[ClosingFeeAnswer]
    fee_reason: str
    fee_rate: Fraction | None
    fee_discount: Fraction | None
    excuses: list[ClosingExcuseAnswer]


class ClosingRateAnswer(Answer):
    starts_on: date
    rate: Fraction


class ClosingValueAnswer(Answer):
    line_id: int
    value: Amount


class ClosingReversalAnswer(Answer):
    """A request to take the closing back; `status` is PENDING, APPROVED or REJECTED."""

    id: int
    reason: str
    status: str


class ClosingDetailAnswer(ClosingAnswer):
    """A closing with its terms. `asked` is what it asks later partners to pay of earlier lines with interest, fees
    apart, `came` what of it has come. `inputsSha256` is of what it was worked out from when it was submitted."""

    rate: Fraction | None
    rates: list[ClosingRateAnswer]
    spread: Fraction
    compounding: str
    day_count: str
    count_both_ends: bool
    interest_end: str
    general_partner_bears_interest: bool
    fees_inside: bool
    fee_interest: str
    distributions: str | None
    tranches: list[ClosingTrancheAnswer]
    excluded_deals: list[int]
    values: list[ClosingValueAnswer]
    asked: Amount
    came: Amount
    inputs_sha256: str | None
    submitted_at: datetime | None
    approved_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    reversal: ClosingReversalAnswer | None


class ClosingPartAnswer(Answer):
    """One partner's part of a line. `interest` is with premium; `notPaid` is what of an amount that goes back was never
    paid, so that no money moves."""

    investor_name: str
    before: Amount
    after: Amount
    change: Amount
    interest: Amount
    not_paid: Amount


class ClosingLineAnswer(Answer):
    """A line of an earlier call, or a distribution that is shared anew: what of it goes from one partner to another,
    and what is charged for that with premium. The changes of its parts add up to nothing, and so does their interest.
    Of a distribution there is no line and no call, `dueDate` is the day on which it was paid out, and who gets a part
    of it has a change below zero, as who gets money back."""

    line_id: int | None
    call_id: int | None
    call_number: int | None
    distribution_id: int | None
    name: str
    due_date: date
    amount: Amount
    days: int
    taken: Amount
    interest: Amount
    parts: list[ClosingPartAnswer]


class ClosingNoticeAnswer(Answer):
    """What one partner pays (above zero) or gets back; `feeTax` is the tax on its fee. `net` is the cash."""

    investor_name: str
    commitment_before: Amount
    commitment_after: Amount
    capital: Amount
    not_paid: Amount
    interest: Amount
    fee: Amount
    fee_tax: Amount
    fee_interest: Amount
    net: Amount


class ClosingFeeDaysAnswer(Answer):
    """Days of one base and one rate, the last one included: what they come to, and the discount by side letter, which
    is a rate of its own or a share `off`. `billed`: the others were billed for them already."""

    starts_on: date
    ends_on: date
    base: Amount
    rate: Fraction
    own_rate: Fraction
    off: Fraction
    days: int
    of_days: int
    gross: Amount
    discount: Amount
    billed: bool


class ClosingFeeStepAnswer(Answer):
    label: str
    amount: Amount


class ClosingFeeInterestAnswer(Answer):
    """Interest on what of a fee stands since a day."""

    amount: Amount
    since: date
    days: int
    interest: Amount


class ClosingFeeWorkedOutAnswer(Answer):
    """What a later partner owes the manager for the time before, and how it came about, in `steps` from the gross fee
    of its `days` to `fee`. `reason`: why a person set it otherwise than it was worked out."""

    investor_id: int
    investor_name: str
    fee: Amount
    tax: Amount
    interest: Amount
    reason: str
    days: list[ClosingFeeDaysAnswer]
    steps: list[ClosingFeeStepAnswer]
    interest_since: list[ClosingFeeInterestAnswer]


class ClosingFiguresAnswer(Answer):
    """What a closing comes to: worked out now before it is settled, as it was posted afterwards. `moved`: it would come
    to something else now than when it was submitted, and cannot be settled like this. `fees` are how those for the time
    before were worked out, where the fund has a fee schedule."""

    closing_id: int
    currency: str
    moved: bool
    comes_in: Amount
    goes_out: Amount
    lines: list[ClosingLineAnswer]
    notices: list[ClosingNoticeAnswer]
    fees: list[ClosingFeeWorkedOutAnswer]


class RefundAnswer(Answer):
    """What one partner gets back. `setOff` of it is paid by what the partner gives of distributions made before.
    `released` may be paid out: that, and the share that later partners have paid. `payable` is what of it has not gone
    out. `notices` are the versions of its letter, newest first."""

    id: int
    closing_id: int
    commitment_id: int
    investor_id: int
    investor_name: str
    reference: str
    currency: str
    capital: Amount
    interest: Amount
    amount: Amount
    set_off: Amount
    released: Amount
    paid_out: Amount
    payable: Amount
    outstanding: Amount
    paid_on: date | None
    notices: list[LetterAnswer]


class RefundsAnswer(Answer):
    refunds: list[RefundAnswer]
    total: int


class RefundPayoutReversalAnswer(Answer):
    """A request to take a payout back; `status` is PENDING, APPROVED or REJECTED."""

    id: int
    reason: str
    cash_on: date | None
    status: str


class RefundPayoutAnswer(Answer):
    """Money that went out of a refund; a reversal is a negative row that names what it reverses. `byDistribution`: no
    cash left, as what the partner gives of distributions made before paid it. Nor where a set-off paid a call with it:
    `setoffPartId`."""

    id: int
    closing_id: int
    refund_id: int
    commitment_id: int
    investor_id: int
    investor_name: str
    currency: str
    amount: Amount
    by_distribution: bool
    setoff_part_id: int | None
    paid_date: date
    method: str
    reference: str
    reverses_id: int | None
    recorded_at: datetime
    reversal: RefundPayoutReversalAnswer | None


class RefundPayoutsAnswer(Answer):
    payouts: list[RefundPayoutAnswer]
    total: int


class SetoffReversalAnswer(Answer):
    """A request to take a part back, on both sides; `status` is PENDING, APPROVED or REJECTED."""

    id: int
    reason: str
    status: str


class SetoffPartAnswer(Answer):
    """One partner's part. `called`, `distributed` and `withheld` are gross, of its whole items; `amount` of them is set
    off. Of a refund `distributed` is its amount. `reversal` is the newest request to take it back."""

    id: int
    commitment_id: int
    investor_id: int
    investor_name: str
    reference: str
    call_item_id: int
    distribution_item_id: int | None
    refund_id: int | None
    called: Amount
    distributed: Amount
    withheld: Amount
    amount: Amount
    reversal: SetoffReversalAnswer | None


class SetoffAnswer(Answer):
    """A distribution, or the refunds of a closing, set off against a call, on a day. `amount` is that of all parts; it
    counts once it is APPROVED, and of refunds once they are released."""

    id: int
    fund_id: int
    currency: str
    number: int
    call_id: int
    distribution_id: int | None
    closing_id: int | None
    value_date: date
    reason: str
    status: str
    amount: Amount
    requested_at: datetime


class SetoffDetailAnswer(SetoffAnswer):
    parts: list[SetoffPartAnswer]


class SetoffsAnswer(Answer):
    setoffs: list[SetoffAnswer]
    total: int
