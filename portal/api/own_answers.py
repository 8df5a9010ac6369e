"""What an investor's own people are told of what is theirs. Every id is random, every amount in the row's currency."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer, Fraction, RandomId


class OwnAnswer(Answer):
    """Whose a row is: of which fund, investor and commitment."""

    fund_id: RandomId
    fund_name: str
    investor_id: RandomId
    investor_name: str
    commitment_id: RandomId
    reference: str
    currency: str


class OwnCommitmentAnswer(OwnAnswer):
    """A commitment as it stands: outstanding = called − paid; `unfunded` may still be called; `payable` is declared and
    not yet paid out."""

    committed: Amount
    called: Amount
    paid: Amount
    outstanding: Amount
    unfunded: Amount
    recallable: Amount
    distributed: Amount
    payable: Amount


class OwnCommitmentsAnswer(Answer):
    commitments: list[OwnCommitmentAnswer]
    total: int


class OwnCallAnswer(OwnAnswer):
    """The investor's part of a call: outstanding = calledAmount − paidAmount, of which `waivedAmount` is off already,
    and in which is `revisedAmount`, by which it changed after the call was issued. `dueDate` is the next call's once a
    residual was carried there, null while there is none. `status` is PENDING, PARTIAL, CARRIED, PAID or CANCELLED."""

    item_id: RandomId
    capital_call_id: RandomId
    call_number: int
    purpose: str
    call_date: date
    due_date: date | None
    called_amount: Amount
    revised_amount: Amount
    waived_amount: Amount
    paid_amount: Amount
    outstanding: Amount
    days_overdue: int
    status: str


class OwnCallsAnswer(Answer):
    capital_calls: list[OwnCallAnswer]
    total: int


class OwnPaymentAnswer(OwnAnswer):
    """Money that came; or was `reversed`, or `paidTooMuch` once the call was revised, with a minus then. `itemId` is
    the part of the call that it was for; the method is null where the fund bore bank charges."""

    item_id: RandomId
    call_number: int
    value_date: date
    amount: Amount
    method: str | None
    payment_ref: str
    reversed: bool
    paid_too_much: bool


class OwnPaymentsAnswer(Answer):
    payments: list[OwnPaymentAnswer]
    total: int


class OwnDistributionAnswer(OwnAnswer):
    """The investor's part of a distribution: netAmount = grossAmount − withholdingTax. `status` is PENDING, PAID or
    CANCELLED; `paidDate` is null while it was not paid out."""

    item_id: RandomId
    distribution_id: RandomId
    distribution_num: int
    date: date
    type: str
    source: str
    gross_amount: Amount
    withholding_tax: Amount
    net_amount: Amount
    return_of_capital: Amount
    preferred_return: Amount
    profit_share: Amount
    carried_interest: Amount
    recallable_amount: Amount
    paid_date: date | None
    status: str


class OwnDistributionsAnswer(Answer):
    distributions: list[OwnDistributionAnswer]
    total: int


class OwnRefundAnswer(OwnAnswer):
    """What comes back after a later closing: amount = capital + interest. It is paid out as the payments of the closing
    come in, which are due by `expectedBy`. `status` is PENDING, PARTIAL, PAID or CANCELLED; `paidDate` is that of the
    last payout, null while there is none."""

    item_id: RandomId
    closing_id: RandomId
    closing_num: int
    closing_date: date
    expected_by: date
    capital: Amount
    interest: Amount
    amount: Amount
    paid_out: Amount
    paid_date: date | None
    status: str


class OwnRefundsAnswer(Answer):
    refunds: list[OwnRefundAnswer]
    total: int


class OwnFeePartAnswer(Answer):
    """Days with one base and one rate: `gross` is of the schedule’s rate, `discount` what your own rate, or the share
    `off`, leaves of it. `basis` says what the base is, `asOf` at the end of which day where it is no commitment."""

    starts_on: date
    last_day: date
    basis: str
    as_of: date | None
    base: Amount
    rate: Fraction
    own_rate: Fraction
    off: Fraction
    days: int
    of_days: int
    gross: Amount
    discount: Amount


class OwnFeeStepAnswer(Answer):
    """One line of the working, in words."""

    label: str
    amount: Amount


class OwnFeeTrueUpAnswer(Answer):
    """Days that were billed before: `was` was charged for them, they come to `now`; `why` in words. Without days, it is
    what other calls asked for of no period."""

    starts_on: date | None
    last_day: date | None
    was: Amount | None
    now: Amount | None
    change: Amount
    why: str


class OwnFeeAnswer(OwnAnswer):
    """How your management fee of the days from `startsOn` to `lastDay` was worked out: its `parts`, the `steps` from
    there to the fee (`net`), the earlier days that it charges otherwise (`trueUps`), the `tax` on it, what they come to
    (`due`), and how your `offsets` went on. `status` is BILLED (a call asks for it), PAID_BY_FUND (from cash on hand),
    NOTHING_DUE or WITHDRAWN (its call was cancelled). `catchUp`: it is of the time before a later closing, and what its
    call asks for as `interest` on it comes on top of `due`."""

    id: RandomId
    starts_on: date
    last_day: date
    effective_on: date
    parts: list[OwnFeePartAnswer]
    steps: list[OwnFeeStepAnswer]
    true_ups: list[OwnFeeTrueUpAnswer]
    net: Amount
    tax: Amount
    due: Amount
    interest: Amount
    offsets: list[OwnFeeStepAnswer]
    catch_up: bool
    status: str


class OwnFeesAnswer(Answer):
    management_fees: list[OwnFeeAnswer]
    total: int


class OwnLetterAnswer(OwnAnswer):
    """One version of a letter. `itemId` is the part of the call or distribution, or the refund, that it is
    about; `state` is what has become of it: LIVE, REPLACED by a later version, CANCELLED with what it is about,
    PAID, or NOTHING (is due of it any more)."""

    id: RandomId
    item_id: RandomId
    kind: str
    number: str
    version: int
    date: date
    state: str
    acknowledged: bool


class OwnLettersAnswer(Answer):
    letters: list[OwnLetterAnswer]
    total: int


class OwnMessageAnswer(OwnAnswer):
    """A question about your part of a call or distribution, `itemId`, or, `fromFund`, the answer of the fund."""

    kind: str
    item_id: RandomId
    from_fund: bool
    author: str
    written_at: datetime
    text: str


class OwnMessagesAnswer(Answer):
    messages: list[OwnMessageAnswer]
    total: int
