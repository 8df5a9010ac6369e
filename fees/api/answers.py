"""What clients get about management fees. Statuses in capitals; rates and shares are fractions."""

from datetime import date, datetime

from blackgem.http.schemas import Amount, Answer, Fraction


class FeeRowAnswer(Answer):
    """What all that is asked for says. `status` is PENDING, APPROVED or REJECTED."""

    id: int
    fund_id: int
    reason: str
    status: str
    four_eyes: bool
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class FeeScheduleAnswer(FeeRowAnswer):
    """A version of the fee from `effectiveOn` on; `broughtBy`: the event that may bring its base and rate
    earlier."""

    version: int
    effective_on: date
    rate: Fraction
    basis: str
    brought_by: str
    suspended_basis: str
    suspended_rate: Fraction
    frequency: str
    in_advance: bool
    time_rule: str
    offset_share: str
    offset_after_closing: str
    discount_order: str
    late_rule: str
    vat_rate: Fraction
    inside: bool


class FeeSchedulesAnswer(Answer):
    fee_schedules: list[FeeScheduleAnswer]
    total: int


class FeeLetterAnswer(FeeRowAnswer):
    """What a partner agreed on the fee from `effectiveOn` on."""

    currency: str
    commitment_id: int
    investor_name: str
    effective_on: date
    own_rate: Fraction | None
    discount: Fraction | None
    waived: Amount


class FeeLettersAnswer(Answer):
    fee_letters: list[FeeLetterAnswer]
    total: int


class FeeIncomeAnswer(FeeRowAnswer):
    """What the manager received, of which `offsetRate` is offset."""

    currency: str
    deal_id: int | None
    category: str
    received_on: date
    amount: Amount
    offset_rate: Fraction


class FeeIncomeListAnswer(Answer):
    fee_income: list[FeeIncomeAnswer]
    total: int


class FeeEventAnswer(FeeRowAnswer):
    """What changes the fee from `happenedOn` on. `status` is TAKEN_BACK too, where a row that names it in `takesBackId`
    was approved."""

    kind: str
    happened_on: date
    takes_back_id: int | None


class FeeEventsAnswer(Answer):
    fee_events: list[FeeEventAnswer]
    total: int


class FeeRealisationAnswer(FeeRowAnswer):
    """What the fund had paid for what was sold of a deal; below zero it corrects what was entered."""

    currency: str
    deal_id: int
    sold_on: date
    amount: Amount


class FeeRealisationsAnswer(Answer):
    fee_realisations: list[FeeRealisationAnswer]
    total: int


class FeePartAnswer(Answer):
    """Days with one base and one rate: `gross` is of the schedule’s rate, `discount` what the partner’s own rate, or
    the share `off`, leaves of it. `basis` says what the base is, `asOf` at the end of which day where it is no
    commitment."""

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


class FeeTrueUpAnswer(Answer):
    """Days that were billed before: `was` was charged for them, they come to `now`. `why` is LATER_CLOSING, COMMITMENT
    (corrected), BASE (known later), RATE (another base or rate), SIDE_LETTER or OTHER_CALL. Without days, it is what
    other calls asked for of no period, or of a run that named none."""

    starts_on: date | None
    last_day: date | None
    was: Amount
    now: Amount
    why: list[str]
    parts: list[FeePartAnswer]


class FeeLineAnswer(Answer):
    """What one partner owes: net = gross − discount + trueUp − credit + creditCarried − waiver − offsetApplied; the
    trueUp is what `trueUps` change.
    Its offsets: offsetCarried = offsetOpening + recognised − offsetApplied. `letOff` is what of the waiver is by its
    own side letter."""

    commitment_id: int
    investor_name: str
    reference: str
    parts: list[FeePartAnswer]
    gross: Amount
    discount: Amount
    true_up: Amount
    true_ups: list[FeeTrueUpAnswer]
    credit: Amount
    credit_carried: Amount
    waiver: Amount
    let_off: Amount
    offset_opening: Amount
    recognised: Amount
    offset_applied: Amount
    offset_carried: Amount
    net: Amount
    tax: Amount


class FeeRunAnswer(Answer):
    """The fee of the days from `startsOn` to `lastDay`, which falls due on `effectiveOn`; the call `callId` asks for it
    by `dueOn`, or, `paidFrom` cash, the fund pays it. `status` is PENDING, BILLED, OWED or PAID (from cash),
    NOTHING_DUE, CANCELLED (with its call, or by itself) or REJECTED. `recognised` is the fee income that it shares
    among the partners."""

    id: int
    fund_id: int
    fund_name: str
    currency: str
    number: int
    starts_on: date
    last_day: date
    effective_on: date
    due_on: date
    waived: Amount
    recognised: Amount
    net: Amount
    tax: Amount
    status: str
    paid_from: str
    call_id: int | None
    reason: str
    four_eyes: bool
    recorded_at: datetime
    approved_at: datetime | None
    rejected_at: datetime | None


class FeeRunsAnswer(Answer):
    fee_runs: list[FeeRunAnswer]
    total: int


class FeePaymentAnswer(Answer):
    """A wire by which the fund paid a fee from cash on hand; below zero it takes `reversesId` back, which came back on
    `cashOn`, or had not left."""

    id: int
    amount: Amount
    paid_date: date
    reference: str
    reverses_id: int | None
    cash_on: date | None
    reason: str


class FeeCancellationAnswer(FeeRowAnswer):
    """That a run which no call asks for counts no longer, from `effectiveOn` on."""

    fee_run_id: int
    effective_on: date


class FeeWaiverUseAnswer(FeeRowAnswer):
    """What the general partner is deemed to have paid on `effectiveOn` of its part `itemId` of the call `callId`; the
    partners pay it by the call `askedByCallId`, which is due on `dueOn`. `status` is TAKEN_BACK too, where that call
    was cancelled."""

    currency: str
    amount: Amount
    item_id: int
    call_id: int
    effective_on: date
    due_on: date
    asked_by_call_id: int | None


class WaivedFeesAnswer(Answer):
    """`available` is `waived`, of the runs that count, less what was `used`."""

    fund_id: int
    currency: str
    waived: Amount
    used: Amount
    available: Amount
    uses: list[FeeWaiverUseAnswer]


class FeeRunDetailAnswer(FeeRunAnswer):
    """A run with every partner’s part, what was paid of it from cash on hand, and the hash of what it was worked out
    from."""

    inputs_sha256: str
    payments: list[FeePaymentAnswer]
    lines: list[FeeLineAnswer]


class NextFeeAnswer(Answer):
    """The next run as it would be billed now; or the `problems` for which it cannot be worked out."""

    fund_id: int
    currency: str
    starts_on: date | None = None
    last_day: date | None = None
    effective_on: date | None = None
    recognised: Amount | None = None
    net: Amount | None = None
    tax: Amount | None = None
    lines: list[FeeLineAnswer] = []
    problems: list[str] = []
