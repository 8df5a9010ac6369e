"""What clients send about distributions, payouts and write-downs."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from blackgem.http.pagination import Paged
from blackgem.http.schemas import Body, Day, Id, Money, MoneyOrZero, choice, text
from blackgem.lib.errors import InvalidInput
from distributions.states import DistributionStatus, DistributionType
from funds.api.verbs import Revision

MOST_PARTNERS = 5000


class DistributionFilter(Paged):
    fund_id: Id = None
    status: choice(DistributionStatus, upper=True) = None
    type: choice(DistributionType) = None


class WriteDownFilter(Paged):
    fund_id: Id = None


class WithholdingBody(Body):
    """What is withheld from one investor, instead of what its rate makes."""

    investor_id: Id
    amount: MoneyOrZero


class DistributionBody(Body):
    """What is to be distributed. The fund's waterfall says who gets what; `withholding` is by the investors' rates
    unless it is named here."""

    fund_id: Id
    total_amount: Money
    date: Day
    type: choice(DistributionType)
    source: text(500) = ""
    deal_id: Id | None = None
    recallable: bool = False
    withholding: Annotated[list[WithholdingBody], Field(max_length=MOST_PARTNERS)] = []

    @model_validator(mode="after")
    def _names_nobody_twice(self):
        named = [one.investor_id for one in self.withholding]
        if len(set(named)) < len(named):
            raise InvalidInput("withholding.repeated", "An investor is named twice.")
        return self


class DistributionChange(DistributionBody):
    """`revision` of the draft as it was read; another one in the meantime is refused."""

    revision: Revision | None = None


class WaterfallBody(Body):
    """A distribution to be tried out. `type` matters only where excess capital goes back, outside the waterfall."""

    fund_id: Id
    total_amount: Money
    distribution_date: Day
    deal_id: Id | None = None
    type: choice(DistributionType) = DistributionType.EXIT_PROCEEDS


class PayoutBody(Body):
    """The money went out: to one item, or to every one that is not paid yet, each whole."""

    paid_date: Day
    method: text(50, least=1)
    reference: text(100) = ""
    item_id: Id | None = None


class ReversePayout(Body):
    """`bounced`: the wire came back on `cashOn` by the bank (today); otherwise it was posted wrongly."""

    reason: text(500, least=1)
    bounced: bool = True
    cash_on: Day | None = None


class WriteDownBody(Body):
    """`direction` "up" gives back what was written down, with the reason."""

    fund_id: Id
    date: Day
    amount: Money
    direction: Literal["down", "up"] = "down"
    reason: text(500) = ""
