"""What clients send about management fees."""

from decimal import Decimal
from typing import Literal

from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Day, Filters, Id, Money, MoneyOrZero, Rate, choice, text
from fees.models import FeeEvent, FeeIncome, FeeRun, FeeSchedule
from fees.states import FeeRunStatus


class FeeScheduleBody(Body):
    """A version of the schedule from a day on; what is left out is as in the version before, but for `broughtBy`: an
    event that may bring its base and rate earlier. The first version says its `rate`, a fraction of the base a year; 0
    ends the fee. `suspendedBasis` and `suspendedRate` hold while the investment period is suspended."""

    effective_on: Day
    rate: Rate = None
    basis: choice(FeeSchedule.Basis) = None
    brought_by: choice(FeeSchedule.BroughtBy) = None
    suspended_basis: choice(FeeSchedule.SuspendedBasis) = None
    suspended_rate: Rate = None
    frequency: choice(FeeSchedule.Frequency) = None
    in_advance: bool = None
    time_rule: choice(FeeSchedule.TimeRule) = None
    offset_share: choice(FeeSchedule.OffsetShare) = None
    offset_after_closing: choice(FeeSchedule.OffsetAfterClosing) = None
    discount_order: choice(FeeSchedule.DiscountOrder) = None
    late_rule: choice(FeeSchedule.LateRule) = None
    vat_rate: Rate = None
    inside: bool = None
    reason: text(500) = ""


class FeeLetterBody(Body):
    """What a partner agreed on the fee from a day on: a rate of its own, or a share off, or neither; and an amount that
    it is let off beyond what earlier letters said."""

    effective_on: Day
    own_rate: Rate | None = None
    discount: Rate | None = None
    waived: MoneyOrZero = Decimal(0)
    reason: text(500) = ""


class FeeIncomeBody(Body):
    """What the manager received from a company of the fund, and the share of it that is offset against the fee."""

    received_on: Day
    category: choice(FeeIncome.Category)
    amount: Money
    offset_rate: Rate = Decimal(1)
    deal_id: Id | None = None
    reason: text(500) = ""


class FeeEventBody(Body):
    """What changes the fee from a day on, which has come."""

    kind: choice(FeeEvent.Kind)
    happened_on: Day
    reason: text(500) = ""


class FeeTakeBackBody(Body):
    """Why an event did not happen, or a run is cancelled."""

    reason: text(500)


class FeeRealisationBody(Body):
    """What the fund had paid for what was sold of a deal; `direction` "corrected" says, with the reason, that it
    was less."""

    deal_id: Id
    sold_on: Day
    amount: Money
    direction: Literal["sold", "corrected"] = "sold"
    reason: text(500) = ""


class FeeRunBody(Body):
    """The next instalment: by when it is paid, what of it the manager waives, and whether a call asks for it or the
    fund pays it from cash on hand."""

    due_on: Day
    paid_from: choice(FeeRun.PaidFrom) = FeeRun.PaidFrom.CALL
    waived: MoneyOrZero = Decimal(0)
    reason: text(500) = ""


class FeePaymentBody(Body):
    """When the whole fee left the fund's account."""

    paid_date: Day
    reference: text(100) = ""


class ReverseFeePayment(Body):
    """`bounced`: the wire came back on `cashOn` by the bank (today); otherwise nothing had left."""

    reason: text(500, least=1)
    bounced: bool = True
    cash_on: Day | None = None


class FeeWaiverUseBody(Body):
    """A general partner’s part of a call, how much of it (all that is owed, as far as the waived fees go), and by when
    the partners pay for it."""

    item_id: Id
    due_on: Day
    amount: Money | None = None
    reason: text(500) = ""


class NextFeeFilter(Filters):
    """What the manager would waive of it."""

    waived: MoneyOrZero = Decimal(0)


class FeeRunFilter(Paged):
    fund_id: Id = None
    status: choice(FeeRunStatus, upper=True) = None
