"""A fund whose partners are called and paid on one day, for stories about setting off: the published example."""

from datetime import date
from decimal import Decimal

from capital.services import calls
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from closings.services import setoffs
from distributions.services import distributions
from distributions.services.planning import DistributionPlan
from funds.models import Notice
from tests.factories import FundTermsFactory
from tests.integration.closings.story import ClosingStory

CALLED_ON, DAY = date(2026, 10, 16), date(2026, 10, 30)


class SetoffStory(ClosingStory):
    """A, B, C and the general partner, who paid 1,220,000.00 before. On one day 610,000.00 is called, C excused, and
    305,000.00 of that capital is given back, tax withheld of C's part."""

    def __init__(self, **more):
        super().__init__(committed=("5000000.00", "3000000.00", "4000000.00", "200000.00"), **more)
        self.a, self.b, self.c, self.gp = self.partners
        FundTermsFactory(
            fund=self.fund,
            hurdle_rate=Decimal("0.08"),
            carry_rate=Decimal("0.20"),
            catch_up_rate=1,
            scope="per_investor",
            created_by=self.manager,
        )
        self.call(date(2026, 2, 1), date(2026, 2, 16), ("D1", "1220000.00"))
        self.asked = self.ask("610000.00", self.c)
        self.given = self.give("305000.00", {self.c.pk: Decimal("15000.00")})

    def ask(self, amount: str, *excused, day: date = CALLED_ON, due: date = DAY):
        """Issue a call for a deal, from which these partners are excused."""
        line = LinePlan("investment", Decimal(amount), self.allocation("D2", amount).pk)
        items = tuple(ItemPlan(one.pk, excused={0: "Its policy"}) for one in excused)
        plan = CallPlan(self.fund.pk, line.amount, "Call", "", day, due, (line,), items)
        draft = calls.draft_call(plan=plan, ctx=self.ctx(day))
        call = calls.issue_call(call_id=draft.pk, ctx=self.ctx(day))
        if self.four_eyes:
            call = calls.approve_call(call_id=call.pk, ctx=self.ctx(day, self.second))
        return call

    def give(self, amount: str, withholding=None, day: date = DAY):
        """Issue a distribution that may be called again."""
        plan = DistributionPlan(
            self.fund.pk, Decimal(amount), day, recallable=True, withholding=withholding or {}
        )
        draft = distributions.draft_distribution(plan=plan, ctx=self.ctx(day))
        if not self.four_eyes:
            return distributions.issue_distribution(distribution_id=draft.pk, ctx=self.ctx(day))
        distributions.submit_distribution(distribution_id=draft.pk, ctx=self.ctx(day))
        distributions.approve_distribution(distribution_id=draft.pk, ctx=self.ctx(day, self.second))
        return distributions.issue_approved_distribution(distribution_id=draft.pk, ctx=self.ctx(day))

    def set_off(self, amounts=None, *, day: date = DAY, **which):
        fields = {"call_id": self.asked.pk, "distribution_id": self.given.pk, "reason": "Clause 14.14"}
        return setoffs.request_setoff(amounts=amounts, ctx=self.ctx(day), **fields | which)

    def asked_letters(self):
        """The letters of the call that stand."""
        return Notice.objects.newest(Notice.Kind.CAPITAL_CALL, self.asked.pk)

    def part(self, setoff, partner):
        return setoff.parts.get(commitment=partner)
