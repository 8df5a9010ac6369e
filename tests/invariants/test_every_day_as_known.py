"""Random lives of a fund in which everything is dated: partners are admitted, promise more and less, deals get more and
less, calls bind from a day ahead or back, are paid, taken back, waived, cancelled; money goes out and comes back.

After every step it is kept what the views said. In the end every one of these moments is asked for again, and says the
same; and of days and times at random the database says what Python works out of the raw rows.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from blackgem.lib.knowledge import Knowledge
from capital.models import (
    AllocationAmount,
    CallItemCapital,
    Excuse,
    HeldPart,
    Payment,
    PaymentReversal,
    ResidualSettlement,
)
from capital.services import allocations, calls, excuses, payments, reversals, settlements
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from distributions.models import Payout, PayoutReversal
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from distributions.states import DistributionType
from funds.models import CommitmentEvent
from funds.services import partners, register
from funds.services.controls import approve_change
from tests.factories import (
    DealFactory,
    FundFactory,
    FundTermsFactory,
    InvestorFactory,
    MembershipFactory,
    UserFactory,
)
from tests.integration.capital.test_as_of import ROLL_UPS, counts_something, rows_of
from tests.invariants.random_histories import live
from tests.invariants.random_steps import part_of
from tests.invariants.reference_days import RECKONED, EveryDay

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
PAIRS = 12
#: What has to succeed at least how often, as a share of all steps.
LIVELY = {
    ("issue",): 0.05,
    ("pay",): 0.05,
    ("promise",): 0.03,
    ("amend",): 0.03,
    ("excuse",): 0.005,
    ("take back", "cancel"): 0.01,
    ("issue out", "pay out"): 0.01,
}
LATER = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=6), timedelta(days=40))
#: What waits for a second person: rows, and what approves and rejects one of them.
WAITING = (
    (CommitmentEvent, register.approve_event, register.reject_event, "event_id"),
    (AllocationAmount, allocations.approve_amendment, allocations.reject_amendment, "amendment_id"),
    (PaymentReversal, reversals.approve_reversal, reversals.reject_reversal, "reversal_id"),
    (ResidualSettlement, settlements.approve_settlement, settlements.reject_settlement, "settlement_id"),
    (Excuse, excuses.approve_excuse, excuses.reject_excuse, "excuse_id"),
    (PayoutReversal, payouts.approve_payout_reversal, payouts.reject_payout_reversal, "reversal_id"),
)


def views() -> dict:
    return {model: rows_of(model.objects.all()) for model in ROLL_UPS}


def functions(day: date, known: datetime | None) -> dict:
    return {model: rows_of(model.on(day, Knowledge(known))) for model in ROLL_UPS}


def there_then(found: dict, said: dict) -> dict:
    """Without what came later, which had no amount yet."""
    later = [(model, row) for model in found for key, row in found[model].items() if key not in said[model]]
    assert not any(counts_something(model, row) for model, row in later), later
    return {model: {key: row for key, row in found[model].items() if key in said[model]} for model in found}


class DatedLife(RuleBasedStateMachine):
    """`at` moves on from step to step; `shown` is what the views said after each: (day, moment, views)."""

    tally: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.steps, self.at, self.shown = 0, BEGAN, []
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.stack.callback(transaction.set_rollback, True)

    @initialize(
        four_eyes=st.booleans(),
        zone=st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"]),
        committed=st.lists(st.integers(10_000, 60_000), min_size=1, max_size=3),
    )
    def begin(self, four_eyes, zone, committed):
        self.manager, self.second = UserFactory(), UserFactory()
        self.fund = FundFactory(
            manager=self.manager,
            four_eyes=four_eyes,
            created_by=self.manager,
            time_zone=zone,
            residual_limit=5,
        )
        MembershipFactory(fund=self.fund, user=self.second)
        FundTermsFactory(fund=self.fund, effective_on=date(2025, 10, 1))
        for amount in committed:
            self.commit(Decimal(amount) / 100)
        self.commit(Decimal(20), kind="gp", reference="GP")
        self.allocate(Random(committed[0]))
        self.show()

    def teardown(self):
        try:
            self.look_back(Random(self.steps))
        finally:
            self.stack.close()

    # ------------------------------------------------------------ one step

    @rule(seed=st.integers(0, 2**32))
    def live_on(self, seed):
        """One deed, some time later, with dice of its own."""
        self.steps += 1
        dice = Random(f"{seed}:{self.steps}")
        self.at += dice.choice(LATER)
        tried = self.tally.total()
        while self.tally.total() == tried:  # there may be nothing to do it to
            [deed] = dice.choices(list(DEEDS), list(DEEDS.values()))
            deed(self, dice)
        self.show()

    @property
    def today(self) -> date:
        return self.fund.day_of(self.at)

    def show(self):
        self.shown.append((self.today, self.at, views()))

    def attempt(self, name, service, *, by=None, **fields):
        """Do it; None where it is refused."""
        try:
            done = service(**fields, ctx=WriteContext(by or self.manager, self.at))
        except DomainError:
            self.tally[name, False] += 1
            return None
        self.tally[name, True] += 1
        return done

    def some_day(self, dice, *, ahead=0) -> date:
        """Today, or some days before; where days ahead are allowed, also after."""
        return self.today + timedelta(dice.choice([0, 0, -1, -10, -50, ahead]))

    @staticmethod
    def some(dice, rows):
        """One of the rows; None where there are none."""
        found = list(rows.order_by("pk"))
        return dice.choice(found) if found else None

    # ------------------------------------------------------------ who promises what

    def commit(self, amount, **more):
        investor = InvestorFactory(created_by=self.manager).pk
        fields = {"fund_id": self.fund.pk, "investor_id": investor, "amount": amount, **more}
        self.attempt("admit", partners.commit, closing_date=self.today - timedelta(20), **fields)

    def admit(self, dice):
        self.commit(Decimal(dice.randint(10_000, 60_000)) / 100)

    def promise(self, dice):
        one = self.some(dice, self.fund.commitments)
        kind = dice.choice(["increased", "increased", *register.ENTERED])
        fields = {"kind": kind, "amount": Decimal(dice.randint(1, 9_000)) / 100, "reason": "Agreed"}
        day = self.some_day(dice)
        self.attempt("promise", register.change_register, commitment_id=one.pk, effective_on=day, **fields)

    def correct(self, dice):
        one = self.some(dice, self.fund.commitments)
        fields = {"commitment_id": one.pk, "amount": Decimal(dice.randint(1, 60_000)) / 100}
        self.attempt("correct", partners.change_commitment, **fields)

    # ------------------------------------------------------------ what is set aside

    def allocate(self, dice):
        fields = {"fund_id": self.fund.pk, "deal_id": DealFactory(created_by=self.manager).pk}
        committed = Decimal(dice.randint(10_000, 60_000)) / 100
        day = self.some_day(dice)
        self.attempt("allocate", allocations.allocate, committed=committed, effective_on=day, **fields)

    def amend(self, dice):
        one = self.some(dice, self.fund.allocations)
        change = Decimal(dice.randint(-9_000, 9_000)) / 100
        fields = {"change": change, "effective_on": self.some_day(dice), "reason": "The price moved"}
        self.attempt("amend", allocations.amend_allocation, allocation_id=one.pk, **fields)

    # ------------------------------------------------------------ calls

    def call(self, dice):
        """For a deal, fees, money outside commitments, from a day back or ahead; now and then somebody is excused."""
        deal = self.some(dice, self.fund.allocations)
        amounts = [Decimal(dice.randint(100, 6_000)) / 100 for _ in range(3)]
        lines = (
            LinePlan("investment", amounts[0], deal.pk),
            LinePlan("management_fee", amounts[1]),
            LinePlan("other", amounts[2], None, False),
        )[: dice.randint(1, 3)]
        excused = self.some(dice, self.fund.commitments).pk if dice.random() < 0.3 else None
        items = (ItemPlan(excused, excused={0: "By side letter"}),) if excused else ()
        day = self.some_day(dice, ahead=30)
        due = max(day, self.today) + timedelta(10)
        whole = sum(line.amount for line in lines)
        plan = CallPlan(self.fund.pk, whole, "Purchase", "", day, due, lines, items)
        self.attempt("draft", calls.draft_call, plan=plan)
        if dice.random() < 0.8:
            self.issue(dice)

    def issue(self, dice):
        call = self.some(dice, self.fund.capital_calls.filter(status__in=["draft", "pending_approval"]))
        if call and call.status == "draft":
            self.attempt("submit", calls.submit_call, call_id=call.pk)
        if call and dice.random() < 0.8:
            self.attempt("issue", calls.approve_call, call_id=call.pk, by=self.second)

    def cancel(self, dice):
        if call := self.some(dice, self.fund.capital_calls):
            self.agree(self.attempt("cancel", calls.cancel_call, call_id=call.pk, reason="Not needed"))

    def agree(self, changed):
        """What waits for another person is approved by one."""
        for change in changed.waiting if changed else ():
            self.attempt("agree", approve_change, change_id=change.pk, by=self.second)

    def pay(self, dice):
        """All of it, part of it, or all but a little that may be waived."""
        call = self.some(dice, self.fund.capital_calls.filter(status__in=["sent", "partially_funded"]))
        if not call:
            return
        item = self.some(dice, call.items)
        owed = item.capital.outstanding
        amount = dice.choice(
            [owed, part_of(owed, Decimal("0.4")), max(owed - Decimal("0.50"), part_of(owed, Decimal("0.9")))]
        )
        fields = {"item_id": item.pk, "amount": amount, "value_date": self.some_day(dice), "method": "wire"}
        self.attempt("pay", payments.record_payment, **fields)

    def take_back(self, dice):
        if payment := self.some(dice, Payment.objects.filter(reverses=None)):
            fields = {"reason": "Bounced", "money_left": dice.random() < 0.5}
            self.attempt("take back", reversals.request_reversal, payment_id=payment.pk, **fields)

    def settle(self, dice):
        owing = CallItemCapital.objects.filter(paid__gt=0, outstanding__gt=0, outstanding__lte=5)
        if item := self.some(dice, owing):
            paid_on = Payment.objects.filter(item=item.pk).latest("value_date").value_date
            kind = dice.choice(["waived", "waived", "expensed", "carried"])
            fields = {
                "kind": kind,
                "reason": "Bank charges",
                "effective_on": dice.choice([self.today, paid_on]),
            }
            self.attempt("settle", settlements.settle_residual, item_id=item.pk, **fields)

    def excuse(self, dice):
        parts = HeldPart.objects.filter(held__gt=0, line__kind="investment", fund=self.fund)
        if part := self.some(dice, parts):
            amount = dice.choice([None, part_of(part.held, Decimal("0.4"))])
            fields = {"line_id": part.line_id, "commitment_id": part.commitment_id, "amount": amount}
            day = self.some_day(dice)
            self.attempt("excuse", excuses.excuse_partner, effective_on=day, reason="Policy", **fields)

    # ------------------------------------------------------------ money out

    def distribute(self, dice):
        kind = dice.choice([*DistributionType])
        amount = Decimal(dice.randint(100, 9_000)) / 100
        plan = DistributionPlan(
            self.fund.pk, amount, self.today, kind, "Proceeds", None, recallable=dice.random() < 0.5
        )
        drafted = self.attempt("draft out", distributions.draft_distribution, plan=plan)
        if drafted:
            fields = {"distribution_id": drafted.pk}
            self.attempt("submit out", distributions.submit_distribution, **fields)
            self.attempt("approve out", distributions.approve_distribution, by=self.second, **fields)
            self.attempt("issue out", distributions.issue_approved_distribution, **fields)

    def pay_out(self, dice):
        if one := self.some(dice, self.fund.distributions.filter(status="sent")):
            item = self.some(dice, one.items).pk if dice.random() < 0.5 else None
            fields = {"distribution_id": one.pk, "item_id": item, "method": "wire"}
            self.attempt("pay out", payouts.pay_out, value_date=self.some_day(dice), **fields)

    def take_back_out(self, dice):
        if payout := self.some(dice, Payout.objects.filter(reverses=None)):
            fields = {"payout_id": payout.pk, "reason": "Returned"}
            self.attempt("take back out", payouts.request_payout_reversal, **fields)

    def cancel_out(self, dice):
        if one := self.some(dice, self.fund.distributions):
            fields = {"distribution_id": one.pk, "reason": "The buyer withdrew"}
            self.agree(self.attempt("cancel out", distributions.cancel_distribution, **fields))

    def decide(self, dice):
        """The second person lets something count that waits, or turns it down."""
        rows, approve, reject, name = dice.choice(WAITING)
        if one := self.some(dice, rows.objects.filter(approved_at=None, rejected_at=None)):
            service = approve if dice.random() < 0.7 else reject
            self.attempt(service.__name__, service, by=self.second, **{name: one.pk})

    # ------------------------------------------------------------ looking back

    def look_back(self, dice):
        if not self.shown:
            return
        for day, moment, said in self.shown:
            assert there_then(functions(day, moment), said) == said, (day, moment)
        last = date(9999, 12, 31)
        assert functions(last, None) == self.shown[-1][-1]
        every, moments = EveryDay.of(self.fund), [moment for _, moment, _ in self.shown]
        for _ in range(PAIRS):
            known = dice.choice(moments) + dice.choice(
                [timedelta(0), timedelta(microseconds=-1), timedelta(hours=1)]
            )
            day = self.fund.day_of(dice.choice(moments)) + timedelta(dice.choice([-60, -10, -1, 0, 1, 30]))
            found = functions(day, known)
            assert {model: found[model] for model in RECKONED} == every.on(day, known), (day, known)


#: What can happen in a step, and how often beside the others.
DEEDS = {
    DatedLife.admit: 1,
    DatedLife.promise: 4,
    DatedLife.correct: 1,
    DatedLife.allocate: 1,
    DatedLife.amend: 3,
    DatedLife.call: 6,
    DatedLife.issue: 2,
    DatedLife.cancel: 1,
    DatedLife.pay: 8,
    DatedLife.take_back: 2,
    DatedLife.settle: 4,
    DatedLife.excuse: 2,
    DatedLife.distribute: 3,
    DatedLife.pay_out: 3,
    DatedLife.take_back_out: 1,
    DatedLife.cancel_out: 0.5,
    DatedLife.decide: 4,
}


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "lives", [4, *(pytest.param(n, marks=pytest.mark.deep) for n in (8, *range(400, 410)))]
)
def test_every_past_day_says_what_was_known_then(lives):
    taken = live(DatedLife, lives, 25)
    for deeds, share in LIVELY.items():
        done = sum(DatedLife.tally[deed, True] for deed in deeds)
        assert done >= taken * share, f"{deeds} went through only {done} times in {taken} steps"
