"""A fund whose partner transfers its interest, or a part of it: for stories about transfers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.services import allocations, calls, payments
from capital.services.plans import LinePlan
from closings.services import transfers
from distributions.models import Payout
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from tests.factories import CommitmentFactory, DealFactory, FundTermsFactory
from tests.integration.capital.story import Story

BEGAN = date(2026, 1, 5)
MOVED_ON = date(2026, 9, 30)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


class TransferStory(Story):
    """Partners, a general partner, and one who was admitted with nothing, to take an interest over."""

    #: What is set aside for each deal.
    set_aside = "5000000.00"

    def __init__(self, *, committed=("3000000.00",), terms=None, **more):
        super().__init__(committed=committed, **more)
        self.gp = self._partner(kind="gp", reference="GP")
        self.newcomer = self._partner(reference="NEW")
        FundTermsFactory(
            fund=self.fund,
            **{
                "hurdle_rate": Decimal("0.08"),
                "carry_rate": Decimal("0.20"),
                "catch_up_rate": 1,
                "scope": "per_investor",
                **(terms or {}),
            },
        )
        self.deals = {}

    def _partner(self, **more):
        return CommitmentFactory(fund=self.fund, amount=Decimal("0.00"), created_by=self.manager, **more)

    @property
    def first(self):
        return self.partners[0]

    def deal(self, name):
        """The deal's allocation, made where it is first named."""
        if name not in self.deals:
            deal = DealFactory(name=name, created_by=self.manager)
            self.deals[name] = allocations.allocate(
                fund_id=self.fund.pk, deal_id=deal.pk, committed=self.set_aside, ctx=self._ctx(BEGAN)
            )
        return self.deals[name]

    def paid_call(self, day, *lines, due=None, paid=True):
        """A call of these lines, (kind, amount) or (kind, amount, deal), issued on a day and paid on it."""
        planned = tuple(
            LinePlan(
                kind,
                Decimal(amount),
                self.deal(deal[0]).pk if deal else None,
                reduces_unfunded=kind != "management_fee",
            )
            for kind, amount, *deal in lines
        )
        total = sum((line.amount for line in planned), Decimal(0))
        plan = self.plan(total, call_date=day, due_date=due or day + timedelta(days=1), lines=planned)
        call = calls.draft_call(plan=plan, ctx=self._ctx(day))
        calls.issue_call(call_id=call.pk, ctx=self._ctx(day))
        if paid:
            payments.pay_call(call_id=call.pk, amount=total, value_date=day, ctx=self._ctx(day))
        return call

    def paid_out(self, day, amount, deal=None, *, paid=True, **more):
        """A distribution issued on a day and paid out on it."""
        deal_id = self.deal(deal).deal_id if deal else None
        plan = DistributionPlan(self.fund.pk, Decimal(amount), day, deal_id=deal_id, **more)
        draft = distributions.draft_distribution(plan=plan, ctx=self._ctx(day))
        distributions.issue_distribution(distribution_id=draft.pk, ctx=self._ctx(day))
        if paid:
            payouts.pay_out(
                distribution_id=draft.pk,
                value_date=day,
                method="wire",
                reference=f"OUT-{draft.pk}",
                ctx=self._ctx(day),
            )
        return draft

    def transfer(self, numerator=1, denominator=3, *, frm=None, to=None, on=MOVED_ON, **more):
        """A third of the first partner's interest to the newcomer, or what else is said."""
        share = {} if "amount" in more else {"numerator": numerator, "denominator": denominator}
        fields = {"reason": "Sale of a part", "effective_on": on, "ctx": self._ctx(max(on, MOVED_ON))}
        return transfers.request_transfer(
            fund_id=self.fund.pk,
            transferor_id=(frm or self.first).pk,
            transferee_id=(to or self.newcomer).pk,
            **share,
            **fields | more,
        )

    def payout_returned(self, on, **more):
        """The first payout to the first partner that stands comes back from the bank."""
        standing = Payout.objects.filter(commitment=self.first, reverses=None, reversed_by_payout=None)
        return payouts.request_payout_reversal(
            payout_id=standing.earliest("pk").pk,
            **{"reason": "Account closed", "cash_on": on, "ctx": self._ctx(on)} | more,
        )

    def history(self):
        """The rows of the worked example, each on its day."""
        self.paid_call(date(2026, 2, 16), ("investment", "548780.49", "D1"), ("other", "30182.93"))
        self.paid_call(date(2026, 5, 15), ("investment", "329268.29", "D2"), ("other", "15091.46"))
        self.paid_out(date(2026, 6, 10), "109756.10", "D2", type="DIVIDEND")
        self.paid_call(date(2026, 6, 30), ("management_fee", "15000.00"))
        self.paid_out(date(2026, 8, 31), "182926.83", "D1", recallable=True)

    def _ctx(self, day) -> WriteContext:
        return WriteContext(self.manager, at(day))
