"""What clients send about defaults."""

from decimal import Decimal

from blackgem.http.schemas import Body, Day, Id, Money, MoneyOrZero, Rate, choice, text
from closings.models import Default
from closings.services.defaults import DefaultTerms


class DefaultBody(Body):
    """Notice on a day (today), by which clause (`reason`) and on which terms. `rate` and `cap` are fractions."""

    cure_by: Day
    reason: text(500, least=1)
    rate: Rate
    notice_on: Day | None = None
    day_count: choice(Default.DayCount) = Default.DayCount.ACT_365
    interest_to: choice(Default.InterestTo) = Default.InterestTo.OTHERS
    cap: Rate = Decimal("0.5")
    cap_base: choice(Default.CapBase) = Default.CapBase.ITEM

    def fields(self) -> dict:
        names = ("rate", "day_count", "interest_to", "cap", "cap_base")
        terms = DefaultTerms(**{name: getattr(self, name) for name in names})
        return {"cure_by": self.cure_by, "reason": self.reason, "notice_on": self.notice_on, "terms": terms}


class InterestBody(Body):
    due_on: Day
    until: Day | None = None
    costs: MoneyOrZero = Decimal("0.00")
    reason: text(500) = ""


class ShortfallBody(Body):
    """Without an `amount` it is all that is owed but for its part for the fee."""

    due_on: Day
    amount: Money | None = None
    reason: text(500) = ""


class PaidOnBody(Body):
    value_date: Day
    method: text(50) = "wire"
    reference: text(100) = ""


class ForfeitureBody(Body):
    """`share` is a fraction of the interest, from a day on (today)."""

    share: Rate
    effective_on: Day | None = None
    reason: text(500) = ""


class SaleBody(Body):
    """To a partner of the fund, at a `share` of the lesser of what was contributed and `value`, from a day (today)."""

    buyer_id: Id
    value: MoneyOrZero
    share: Rate = Decimal("0.5")
    costs: MoneyOrZero = Decimal("0.00")
    effective_on: Day | None = None
    reason: text(500) = ""


class ReductionBody(Body):
    effective_on: Day | None = None
    reason: text(500) = ""


class WithdrawalBody(Body):
    """The letter that takes the place of the notice says why."""

    reason: text(500, least=1)
