"""A fund's life at random: calls, payments, distributions, reversals and valuations, through the services.

Deterministic for a seed. Amounts fit the currency; what the money of the moment refuses is skipped, and counted.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from blackgem.lib.money import unit_of
from capital.services import allocations, calls, payments, reversals, settlements
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from funds.models import Commitment
from funds.services.nav import enter_nav
from tests.factories import (
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    UserFactory,
)

BEGAN = date(2024, 1, 2)
ENDS = date(2026, 9, 30)
NOON = time(12)
#: When people work where it is another day in UTC.
HOURS = {"Pacific/Auckland": time(0, 30), "America/Los_Angeles": time(23, 30)}
#: What becomes of bank charges that a wire fell short by.
SETTLED = {"USD": "expensed", "JPY": "carried", "KWD": "waived"}


class Life:
    """`partners` are its commitments by investor name, the general partner's last; `today` moves on."""

    def __init__(self, seed: int, currency: str, zone: str = "UTC", *, has_deals: bool = True):
        self.dice = Random(f"{seed} {currency}")
        self.today = BEGAN
        self.manager = UserFactory(full_name="Mary Manager")
        self.fund = FundFactory(
            name="Search Fund",
            currency=currency,
            time_zone=zone,
            lpa_date=BEGAN,
            manager=self.manager,
            created_by=self.manager,
            residual_limit=15 * unit_of(currency),
        )
        FundTermsFactory(
            fund=self.fund,
            scope="per_investor",
            hurdle_rate=Decimal("0.08"),
            carry_rate=Decimal("0.20"),
            catch_up_rate=1,
            effective_on=BEGAN,
        )
        self.unit = unit_of(currency)
        self.tally: Counter = Counter()
        #: Days on which something stood that was taken back later.
        self.eves: list[date] = []
        for number in range(1, 4):
            amount = self.dice.choice([40_000, 75_000, 110_000, 333_333])
            self.commit(f"Partner {number}", Decimal(amount))
        self.commit("The General Partner", Decimal(5_000), kind="gp", reference="GP")
        names = ("Alpha", "Beta") if has_deals else ()
        self.deals = [self.allocate(f"Deal {name}", Decimal(150_000)) for name in names]

    def commit(self, name, amount, **more):
        partner = CommitmentFactory(
            fund=self.fund,
            amount=amount,
            closing_date=BEGAN,
            created_by=self.manager,
            investor__name=name,
            **more,
        )
        ContactFactory(investor=partner.investor, user=UserFactory(full_name=f"Reader of {name}"))

    @cached_property
    def partners(self) -> dict[str, Commitment]:
        found = self.fund.commitments.select_related("investor").order_by("pk")
        return {one.investor.name: one for one in found}

    @property
    def acts(self):
        return {
            "ctx": WriteContext(
                self.manager,
                datetime.combine(
                    self.today, HOURS.get(self.fund.time_zone, NOON), ZoneInfo(self.fund.time_zone)
                ),
            ),
        }

    def allocate(self, name, amount):
        deal = DealFactory(name=name, created_by=self.manager)
        return allocations.allocate(fund_id=self.fund.pk, deal_id=deal.pk, committed=amount, **self.acts)

    def live(self, steps: int) -> "Life":
        """Begin with a call that is paid; then whatever comes, some weeks apart; at last what was declared is paid out,
        but for the newest distribution where there are deals."""
        self.attempt(self.call)
        self.attempt(self.pay_all)
        self.attempt(self.settle)
        deeds = [
            self.call,
            self.pay,
            self.pay,
            self.pay_all,
            self.distribute,
            self.pay_out,
            self.value,
            self.reverse,
        ]
        for _ in range(steps):
            self.today = min(self.today + timedelta(self.dice.choice([3, 20, 45])), ENDS)
            self.attempt(self.dice.choice(deeds))
        self.attempt(self.distribute)
        for one in self.fund.distributions.filter(status="sent").order_by("number"):
            if not self.deals or one.number < self.fund.last_distribution_number:
                self.attempt(lambda one=one: self.pay_distribution(one), "pay_out")
        return self

    def attempt(self, deed, name="") -> None:
        try:
            done = deed()
        except DomainError:
            done = False
        self.tally[name or deed.__name__, done is not False] += 1

    def amount(self, low: int, high: int) -> Decimal:
        """An amount with the last decimal of the currency in use."""
        return Decimal(self.dice.randint(low * 1000, high * 1000)).scaleb(-3).quantize(self.unit)

    # ------------------------------------------------------------ money in

    def call(self):
        """For a deal, or for reserves where there is none."""
        lines, items = (
            self.lines_of_a_call()
            if self.deals
            else ((LinePlan("reserves", self.amount(9_000, 40_000)),), ())
        )
        total = sum(line.amount for line in lines)
        plan = CallPlan(self.fund.pk, total, "Call", "", self.today, self.today + timedelta(12), lines, items)
        draft = calls.draft_call(plan=plan, **self.acts)
        try:
            calls.issue_call(call_id=draft.pk, **self.acts)
        except DomainError:
            calls.delete_draft(call_id=draft.pk, **self.acts)
            raise

    def lines_of_a_call(self):
        """A fee, inside the commitment or not, and a deal, from which now and then one partner is excused."""
        lines = (
            LinePlan("management_fee", self.amount(100, 900), None, self.dice.random() < 0.5),
            LinePlan("investment", self.amount(9_000, 40_000), self.dice.choice(self.deals).pk),
        )
        excused = self.dice.choice(list(self.partners.values()))
        return lines, (ItemPlan(excused.pk, excused={1: "Policy"}),) if self.dice.random() < 0.2 else ()

    def owing(self):
        found = [
            (item, item.capital.outstanding)
            for call in self.fund.capital_calls.exclude(status__in=("draft", "cancelled"))
            for item in call.items.select_related("capital")
        ]
        return [(item, owed) for item, owed in found if owed]

    def pay(self):
        """A part of what somebody owes, or all of it."""
        owing = self.owing()
        if not owing:
            return False
        item, owed = self.dice.choice(owing)
        part = owed if self.dice.random() < 0.5 else (owed / 3).quantize(self.unit, rounding="ROUND_UP")
        return self.record(item, part)

    def pay_all(self):
        """All that is owed, but one item, is paid."""
        for item, owed in self.owing()[1:]:
            self.record(item, owed)

    def settle(self):
        """A wire of all that is owed falls short by bank charges, which are settled the next day."""
        item, owed = self.owing()[0]
        charges = 15 * self.unit
        self.record(item, owed - charges)
        self.today += timedelta(1)
        settlements.settle_residual(
            item_id=item.pk,
            kind=SETTLED[self.fund.currency],
            effective_on=self.today,
            reason="Bank charges",
            **self.acts,
        )

    def record(self, item, amount):
        return payments.record_payment(
            item_id=item.pk,
            amount=amount,
            value_date=self.today,
            method="wire",
            **self.acts,
        )

    def reverse(self):
        """A payment of some time ago is taken back today: it was posted by mistake, or its wire bounced."""
        paid = [
            one
            for item in self.all_items()
            for one in item.payments.all()
            if one.reverses_id is None and not hasattr(one, "reversed_by")
        ]
        if not paid:
            return False
        self.eves.append(self.today - timedelta(1))
        return self.take_back(self.dice.choice(paid))

    def take_back(self, payment):
        return reversals.request_reversal(
            payment_id=payment.pk,
            reason="It was another's",
            money_left=self.dice.random() < 0.5,
            **self.acts,
        )

    def all_items(self):
        return [
            item for call in self.fund.capital_calls.all() for item in call.items.prefetch_related("payments")
        ]

    # ------------------------------------------------------------ money out

    def distribute(self):
        """From a deal or from all, profit included, to be called again or not."""
        deal = self.dice.choice([None, *self.deals])
        plan = DistributionPlan(
            self.fund.pk,
            self.amount(3_000, 60_000),
            self.today,
            source="Proceeds",
            deal_id=deal and deal.deal_id,
            recallable=self.dice.random() < 0.3,
        )
        draft = distributions.draft_distribution(plan=plan, **self.acts)
        try:
            distributions.issue_distribution(distribution_id=draft.pk, **self.acts)
        except DomainError:
            distributions.delete_draft(distribution_id=draft.pk, **self.acts)
            raise

    def pay_out(self):
        waiting = list(self.fund.distributions.filter(status="sent"))
        if not waiting:
            return False
        one = self.dice.choice(waiting)
        unpaid = one.items.filter(payouts__isnull=True, gross_amount__gt=0)
        return self.pay_distribution(one, self.dice.choice([None, *unpaid]))

    def pay_distribution(self, one, item=None):
        return payouts.pay_out(
            distribution_id=one.pk,
            item_id=item and item.pk,
            value_date=self.today,
            method="wire",
            reference="P",
            **self.acts,
        )

    def value(self):
        """What the holdings are worth some days ago."""
        day = self.today - timedelta(self.dice.choice([0, 10, 30]))
        return enter_nav(
            fund_id=self.fund.pk,
            as_of=day,
            amount=self.amount(80_000, 200_000),
            **self.acts,
        )
