"""A fund of which one partner does not pay a call, for stories about defaults: the published example."""

from datetime import date
from decimal import Decimal

from capital.services import allocations
from closings.models import Default
from closings.services import defaults, forfeitures, remedies
from closings.services.defaults import DefaultTerms
from tests.factories import FundTermsFactory
from tests.integration.closings.story import ClosingStory

CALLED_ON, DUE = date(2026, 5, 1), date(2026, 5, 15)
NOTICE, CURE_BY, PAID = date(2026, 5, 20), date(2026, 5, 27), date(2026, 6, 19)
LATER = date(2026, 7, 20)


class DefaultStory(ClosingStory):
    """A, B, C and the general partner, of whom 610,000.00 is called for a deal: C does not pay its 200,000.00."""

    def __init__(self, *, due="610000.00", committed=None, terms=None, **more):
        super().__init__(
            committed=committed or ("5000000.00", "3000000.00", "4000000.00", "200000.00"), **more
        )
        if terms:
            FundTermsFactory(fund=self.fund, **terms)
        self.a, self.b, self.c, self.gp = self.partners
        self.asked = self.call(CALLED_ON, DUE, ("D1", due), paid=False)
        for one in (self.a, self.b, self.gp):
            self.pay(self.asked, DUE, only=one.pk)
        self.item = self.asked.items.get(commitment=self.c)

    def notice(self, *, day: date = NOTICE, rate="0.10", **terms) -> Default:
        return defaults.request_default(
            item_id=self.item.pk,
            cure_by=terms.pop("cure_by", CURE_BY),
            terms=DefaultTerms(rate=rate, **terms),
            reason="Clause 6.6",
            ctx=self.ctx(day),
        )

    def interest(self, default, *, day: date = PAID, due: date = LATER, **more):
        return remedies.request_interest(default_id=default.pk, due_on=due, ctx=self.ctx(day), **more)

    def shortfall(self, default, *, day: date = NOTICE, due: date = LATER, **more):
        return remedies.request_shortfall(default_id=default.pk, due_on=due, ctx=self.ctx(day), **more)

    def more_for(self, allocation, amount: str):
        """Set more aside for a deal."""
        changed = allocations.amend_allocation(
            allocation_id=allocation.pk,
            change=amount,
            effective_on=CALLED_ON,
            reason="Room",
            ctx=self.ctx(CALLED_ON),
        )
        if self.four_eyes:
            second = self.ctx(CALLED_ON, self.second)
            allocations.approve_amendment(amendment_id=changed.pk, revision=1, ctx=second)

    def all_of_it(self):
        """Notice, a shortfall call, the cure, and its interest that is paid and passed on."""
        default = self.notice()
        self.more_for(self.deals["D1"], "200000.00")
        self.shortfall(default)
        self.cure()
        remedy = self.interest(default)
        self.pay(remedy.asked.call, LATER)
        remedies.pay_interest_on(remedy_id=remedy.pk, value_date=LATER, ctx=self.ctx(LATER))
        return default

    def loses(self):
        """Half of what C paid of another call, and of its commitment, passes to the others."""
        self.call(CALLED_ON, DUE, ("D2", "1220000.00"))
        return forfeitures.request_forfeiture(default_id=self.notice().pk, share="0.5", ctx=self.ctx(PAID))

    def cure(self, day: date = PAID):
        self.pay(self.asked, day, only=self.c.pk)

    def amounts(self, rows) -> dict:
        """By name, the `amount` of rows that have a commitment."""
        found = dict(zip((one.pk for one in self.partners), ("A", "B", "C", "GP"), strict=True))
        return {found[one.commitment_id]: one.amount for one in rows}


def money(**amounts) -> dict:
    return {name: Decimal(amount) for name, amount in amounts.items()}
