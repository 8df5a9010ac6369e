"""The demo's search fund before its exit, for stories about money going out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.services import calls, payments
from capital.services.plans import LinePlan
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from tests.factories import CommitmentFactory, FundTermsFactory
from tests.integration.capital.story import Story

EXIT = date(2027, 6, 30)
AT_EXIT = datetime(2027, 6, 30, 12, tzinfo=UTC)
CALLED = ((date(2025, 10, 1), "100000.00"), (date(2026, 1, 15), "150000.00"), (date(2026, 3, 1), "100000.00"))


class ExitStory(Story):
    """350,000 called on three days, or what `called` says; all of it paid unless `short` says what is still owed of the
    last call."""

    def __init__(
        self,
        *,
        short="0.00",
        scope="aggregate",
        committed=("600000.00", "400000.00", "250000.00"),
        called=CALLED,
        **more,
    ):
        super().__init__(committed=committed, **more)
        self.gp = CommitmentFactory(
            fund=self.fund, kind="gp", reference="GP", amount=Decimal("0.00"), created_by=self.manager
        )
        FundTermsFactory(
            fund=self.fund,
            scope=scope,
            hurdle_rate=Decimal("0.08"),
            carry_rate=Decimal("0.20"),
            catch_up_rate=1,
        )
        for day, amount in called:
            self.call_and_pay(day, Decimal(amount), Decimal(short) if day == called[-1][0] else Decimal(0))

    def call_and_pay(self, day, amount, short=Decimal(0), *, due=None, allocation=None):
        """Call and be paid on one day, `short` of it left unpaid pro rata."""
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        lines = (LinePlan("investment", amount, allocation.pk),) if allocation else None
        plan = self.plan(
            amount, call_date=min(day, due or day) - timedelta(days=30), due_date=due or day, lines=lines
        )
        call = calls.draft_call(plan=plan, ctx=WriteContext(self.manager, at))
        calls.issue_call(call_id=call.pk, ctx=WriteContext(self.manager, at))
        who = {"spread": "pro_rata"} if short else {}
        payments.pay_call(
            call_id=call.pk, amount=amount - short, value_date=day, ctx=WriteContext(self.manager, at), **who
        )
        return call

    def exit(self, amount="500000.00", *, on=EXIT, **changes):
        return DistributionPlan(self.fund.pk, Decimal(amount), on, **changes)

    def draft_exit(self, amount="500000.00", **changes):
        return distributions.draft_distribution(
            plan=self.exit(amount, **changes), ctx=WriteContext(self.manager, AT_EXIT)
        )

    def issue_exit(self, amount="500000.00", **changes):
        draft = self.draft_exit(amount, **changes)
        return distributions.issue_distribution(
            distribution_id=draft.pk, ctx=WriteContext(self.manager, AT_EXIT)
        )

    def pay_out(self, distribution, **which):
        return payouts.pay_out(
            distribution_id=distribution.pk,
            value_date=EXIT,
            method="wire",
            reference="EXIT",
            ctx=WriteContext(self.manager, AT_EXIT),
            **which,
        )

    def take_back(self, payout, reason="The wire was returned"):
        return payouts.request_payout_reversal(
            payout_id=payout.pk, reason=reason, ctx=WriteContext(self.manager, AT_EXIT)
        )
