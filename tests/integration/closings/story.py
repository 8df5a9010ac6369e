"""A fund of three partners with two calls, that later ones join: for stories about closings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from blackgem.lib.context import WriteContext
from capital.models import CommitmentCapital
from capital.services import allocations, calls, payments
from capital.services.plans import CallPlan, LinePlan
from closings.models import Closing
from closings.services import closings, refunds, reversals
from closings.services.planning import ClosingPlan, FeePlan, TranchePlan
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from fees.services import asked
from tests.factories import (
    CommitmentFactory,
    DealFactory,
    FundFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)

BEGAN = date(2026, 1, 15)


def at(day: date) -> datetime:
    """A moment of that day."""
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


@dataclass
class ClosingStory:
    """Who acts, on which fund: verbs with the days of the published example filled in."""

    committed: tuple = ("5000000.00", "3000000.00", "200000.00")
    currency: str = "USD"
    four_eyes: bool = False
    time_zone: str = "UTC"

    def __post_init__(self):
        self.manager = UserFactory(full_name="Mary Manager")
        self.fund = FundFactory(
            manager=self.manager,
            created_by=self.manager,
            currency=self.currency,
            four_eyes=self.four_eyes,
            time_zone=self.time_zone,
        )
        kinds = ["lp"] * (len(self.committed) - 1) + ["gp"]
        self.partners = [
            CommitmentFactory(
                fund=self.fund,
                amount=Decimal(amount),
                kind=kind,
                created_by=self.manager,
                investor=InvestorFactory(name=name, created_by=self.manager),
            )
            for amount, kind, name in zip(self.committed, kinds, ["A", "B", "GP", "Z"], strict=False)
        ]
        self.deals = {}

    @property
    def second(self):
        """Another manager of the fund."""
        if not hasattr(self, "_second"):
            self._second = UserFactory(full_name="Sam Second")
            MembershipFactory(fund=self.fund, user=self._second)
        return self._second

    def ctx(self, day: date, by=None) -> WriteContext:
        return WriteContext(by or self.manager, at(day))

    def allocation(self, name: str, amount):
        """The deal of that name, to which that much was given."""
        deal = DealFactory(name=name, created_by=self.manager)
        self.deals[name] = allocations.allocate(
            fund_id=self.fund.pk, deal_id=deal.pk, committed=amount, ctx=self.ctx(BEGAN)
        )
        return self.deals[name]

    def call(self, day: date, due: date, *lines: tuple[str, str], paid=True, **changes):
        """Issue a call of lines, each a deal's name or a kind with its amount; pay it whole on its due date."""
        plans = [
            LinePlan("investment", Decimal(amount), self.allocation(name, amount).pk)
            if name.startswith("D")
            else LinePlan(name, Decimal(amount))
            for name, amount in lines
        ]
        total = sum(line.amount for line in plans)
        plan = CallPlan(self.fund.pk, total, "Call", "", day, due, tuple(plans), **changes)
        draft = calls.draft_call(plan=plan, ctx=self.ctx(day))
        call = calls.issue_call(call_id=draft.pk, ctx=self.ctx(day))
        if self.four_eyes:
            call = calls.approve_call(call_id=call.pk, ctx=self.ctx(day, self.second))
        if paid:
            self.pay(call, due)
        return call

    def pay(self, call, day: date, only=None) -> None:
        """Every item of a call whole, or only that of one commitment."""
        for item in call.items.select_related("capital").order_by("pk"):
            if item.capital.outstanding and only in (None, item.commitment_id):
                payments.record_payment(
                    item_id=item.pk,
                    amount=item.capital.outstanding,
                    value_date=day,
                    method="wire",
                    ctx=self.ctx(day),
                )

    def schedule(self, **fields):
        """A fee of commitments from the first day on, of 2 % every quarter in advance unless said otherwise."""
        fields = {"effective_on": BEGAN, "rate": "0.02", **fields}
        row = asked.set_fee_schedule(fund_id=self.fund.pk, fields=fields, ctx=self.ctx(BEGAN))
        if self.four_eyes:
            asked.approve_fee_schedule(schedule_id=row.pk, ctx=self.ctx(BEGAN, self.second))
        return row

    def first_two_calls(self):
        """The calls before the second closing of the published example."""
        self.call(
            date(2026, 2, 1), date(2026, 2, 16), ("D1", "1500000.00"), ("organisational_costs", "82500.00")
        )
        self.call(
            date(2026, 5, 1), date(2026, 5, 15), ("D2", "900000.00"), ("partnership_expenses", "41250.00")
        )

    def plan(self, held_on: date, pay_on: date, *tranches, **changes) -> ClosingPlan:
        fields = {
            "fund_id": self.fund.pk,
            "held_on": held_on,
            "pay_on": pay_on,
            "tranches": tranches,
            "fee_interest": Closing.FeeInterest.NONE,
            "rate": Decimal("0.08"),
        }
        return ClosingPlan(**fields | changes)

    def newcomer(self, name: str, amount: str, *fees: tuple[str, date], **more) -> TranchePlan:
        investor = InvestorFactory(name=name, created_by=self.manager)
        said = tuple(FeePlan(Decimal(fee), due) for fee, due in fees)
        return TranchePlan(investor.pk, Decimal(amount), fees=said, **more)

    def more(self, partner, amount: str) -> TranchePlan:
        return TranchePlan(partner.investor_id, Decimal(amount))

    def close(self, plan: ClosingPlan, day: date) -> Closing:
        """Draft, submit and settle it on a day."""
        draft = closings.draft_closing(plan=plan, ctx=self.ctx(day))
        closing = closings.submit_closing(closing_id=draft.pk, ctx=self.ctx(day))
        if self.four_eyes:
            closing = closings.settle_closing(closing_id=closing.pk, ctx=self.ctx(day, self.second))
        return closing

    def second_closing(self) -> Closing:
        """The second closing of the published example: C comes in with 4.0m."""
        fees = (
            ("16888.89", date(2026, 1, 15)),
            ("20000.00", date(2026, 4, 1)),
            ("20000.00", date(2026, 7, 20)),
        )
        plan = self.plan(date(2026, 7, 1), date(2026, 7, 20), self.newcomer("C", "4000000.00", *fees))
        return self.close(plan, date(2026, 7, 1))

    def reverse(self, closing, day: date):
        """Take the closing back, by two persons where the fund says so."""
        reversal = reversals.request_closing_reversal(
            closing_id=closing.pk, reason="C did not sign", ctx=self.ctx(day)
        )
        if self.four_eyes:
            reversals.approve_closing_reversal(reversal_id=reversal.pk, ctx=self.ctx(day, self.second))
        closing.refresh_from_db()
        return reversal

    def distribute(self, amount, day: date, deal_id=None, *, paid_out=True, **changes):
        """Issue a distribution and pay it out, on one day."""
        plan = DistributionPlan(self.fund.pk, Decimal(amount), day, deal_id=deal_id, **changes)
        draft = distributions.draft_distribution(plan=plan, ctx=self.ctx(day))
        issued = distributions.issue_distribution(distribution_id=draft.pk, ctx=self.ctx(day))
        if self.four_eyes:
            distributions.approve_distribution(distribution_id=draft.pk, ctx=self.ctx(day, self.second))
            issued = distributions.issue_approved_distribution(distribution_id=draft.pk, ctx=self.ctx(day))
        if paid_out:
            payouts.pay_out(distribution_id=issued.pk, value_date=day, method="wire", ctx=self.ctx(day))
        return issued

    def refund(self, closing, day: date, **which):
        return refunds.pay_refunds(closing_id=closing.pk, value_date=day, ctx=self.ctx(day), **which)

    def account(self, name: str) -> CommitmentCapital:
        return CommitmentCapital.objects.get(commitment__fund=self.fund, commitment__investor__name=name)
