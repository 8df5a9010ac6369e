"""Random lives of a fund that later partners join: calls, payments that come late or never, excuses, closings, refunds.

After each closing every line is held by the register of that day, whatever was paid and however partners came; nothing
of the fund changes in all; every sentence of `reconcile` holds.
"""

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random

import pytest
from django.db import transaction

from blackgem.lib.errors import DomainError
from blackgem.lib.money import split, unit_of
from capital.models import CapitalCallLine, FundCapital, FundCommitmentCapital, HeldPart
from capital.services import excuses, payments
from closings.models import Refund
from distributions.models import CommitmentDistributions
from funds.models import Commitment
from tests.factories import FundTermsFactory
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db

#: By distributions before it: an earlier partner would keep more capital than it paid in, or owe some back.
FORBIDDEN = {"closing.capital_was_returned", "side_turns"}
AMOUNTS = ("1000000", "333333", "700001", "50000", "2500000")


class Life:
    """One fund, from day to day, with dice of its own."""

    def __init__(self, seed: int, currency: str, *, distributes: bool):
        self.dice = Random(seed)
        self.deeds = [self.call, self.pay, self.pay, self.close, self.refund, self.excuse]
        self.deeds += [self.distribute, self.distribute] if distributes else []
        committed = tuple(self.dice.choice(AMOUNTS) for _ in range(3))
        self.story = ClosingStory(committed=committed, currency=currency)
        self.day = date(2026, 1, 20)
        self.closings, self.refused, self.deals = [], set(), 0
        self.by_hand: set[int] = set()
        self.shared_anew = 0
        FundTermsFactory(fund=self.story.fund, hurdle_rate=0, carry_rate=0, catch_up_rate=0)

    def live_on(self):
        self.day += timedelta(self.dice.choice([1, 9, 40]))
        self.dice.choice(self.deeds)()

    def call(self):
        self.deals += 1
        amount = str(self.dice.choice([30000, 7, 999, 10001]))
        lines = [(f"D{self.deals}", amount), ("partnership_expenses", str(self.dice.randint(1, 50)))]
        self.story.call(self.day, self.day + timedelta(14), *lines, paid=False)

    def pay(self):
        for call in self.story.fund.capital_calls.exclude(status="fully_funded"):
            for item in call.items.select_related("capital"):
                owed = item.capital.outstanding
                if owed and self.dice.random() < 0.7:
                    part = self.dice.choice([owed, owed, min(owed, Decimal(1))])
                    payments.record_payment(
                        item_id=item.pk,
                        amount=part,
                        value_date=self.day,
                        method="wire",
                        ctx=self.story.ctx(self.day),
                    )

    def close(self):
        story, before = self.story, self.totals()
        tranches = [
            story.newcomer(f"N{len(self.closings)}-{n}", self.dice.choice(AMOUNTS))
            for n in range(self.dice.choice([0, 1, 2]))
        ]
        if self.dice.random() < 0.5 or not tranches:
            partner = self.dice.choice(list(story.fund.commitments.all()))
            tranches.append(story.more(partner, self.dice.choice(AMOUNTS)))
        pay_on = self.day + timedelta(self.dice.choice([5, 20]))
        says = (
            {"distributions": self.dice.choice(["keep", "resplit", "resplit"])} if self.distributed() else {}
        )
        plan = story.plan(self.day, pay_on, *tranches, **says)
        try:
            with transaction.atomic():
                closing = story.close(plan, self.day)
        except DomainError as error:
            self.refused.add(error.code)
            return
        self.closings.append(closing)
        self.shared_anew += closing.shares.exists()
        assert self.totals() == before
        self.check_held()

    def distribute(self):
        """Capital comes back, well below what was paid in, of no deal or of one, and is paid out at once."""
        whole = FundCommitmentCapital.objects.get(fund=self.story.fund)
        unit = unit_of(self.story.fund.currency)
        amount = ((whole.paid - whole.distributed) / self.dice.choice([3, 7])).quantize(unit, ROUND_DOWN)
        if amount <= 0:
            return
        deals = [one.deal_id for one in self.story.deals.values()]
        deal = self.dice.choice([None, *deals])
        try:
            with transaction.atomic():
                self.story.distribute(amount, self.day, deal)
        except DomainError:
            return

    def distributed(self) -> Decimal:
        return FundCommitmentCapital.objects.get(fund=self.story.fund).distributed

    def refund(self):
        for closing in self.closings:
            try:
                with transaction.atomic():
                    self.story.refund(closing, self.day)
            except DomainError:
                continue

    def excuse(self):
        parts = HeldPart.objects.filter(fund=self.story.fund, held__gt=0, line__kind="investment")
        part = parts.order_by("part").first()
        if part is None or self.dice.random() < 0.5:
            return
        try:
            with transaction.atomic():
                excuses.excuse_partner(
                    line_id=part.line_id,
                    commitment_id=part.commitment_id,
                    reason="Policy",
                    ctx=self.story.ctx(self.day),
                )
            self.by_hand.add(part.line_id)
        except DomainError:
            pass

    def totals(self):
        """What a closing changes of no fund: what its deals were called and funded, and what its partners paid."""
        deals = FundCapital.objects.get(fund=self.story.fund)
        whole = FundCommitmentCapital.objects.get(fund=self.story.fund)
        return (
            deals.total_committed,
            deals.total_called,
            deals.total_funded,
            whole.called,
            whole.paid,
            whole.distributed,
        )

    def check_held(self):
        """By the rule, told another way: each line over the register, in the order of references."""
        register = (
            Commitment.objects.filter(fund=self.story.fund).select_related("amounts").order_by("reference")
        )
        weights = {one.pk: one.amounts.committed for one in register}
        unit = unit_of(self.story.fund.currency)
        lines = CapitalCallLine.objects.filter(fund=self.story.fund, equalises=None, counts_as_called=True)
        for line in lines.exclude(pk__in=self.by_hand):
            held = dict.fromkeys(weights, Decimal(0))
            for part in HeldPart.objects.filter(root=line):
                held[part.commitment_id] += part.held
            assert list(held.values()) == split(line.amount, list(weights.values()), unit)

    def finish(self):
        """Everybody pays, every refund goes out: nothing is owed to anybody."""
        self.day += timedelta(60)
        for call in self.story.fund.capital_calls.all():
            self.story.pay(call, self.day)
        self.refund()
        whole = FundCommitmentCapital.objects.get(fund=self.story.fund)
        assert (whole.outstanding, whole.to_refund) == (0, 0)
        shares = CommitmentDistributions.objects.filter(fund=self.story.fund).values_list(
            "distributed", "payable"
        )
        assert sum(share for share, _ in shares) == whole.distributed
        assert min(share for share, _ in shares) >= 0
        assert whole.called == whole.paid
        assert not Refund.objects.filter(fund=self.story.fund, progress__outstanding__gt=0).exists()


@pytest.mark.parametrize(
    ("seed", "currency", "distributes"),
    [
        (1, "USD", False),
        (6, "JPY", True),
        (10, "KWD", True),
        *(
            pytest.param(n, currency, distributes, marks=pytest.mark.deep)
            for n in range(10, 40)
            for currency in ("USD", "JPY")
            for distributes in (True, False)
        ),
    ],
)
def test_whatever_was_paid_and_whoever_came_lines_are_held_by_the_register(seed, currency, distributes):
    life = Life(seed, currency, distributes=distributes)
    life.call()
    for _ in range(12):
        life.live_on()
    life.close()
    life.finish()
    assert life.closings or (distributes and life.refused and life.refused <= FORBIDDEN)
    assert violations() == []
    if seed in (1, 6):
        assert bool(life.shared_anew) == distributes


def test_partners_hold_the_same_whether_they_came_together_or_one_after_the_other():
    held = []
    for together in (True, False):
        story = ClosingStory()
        story.first_two_calls()
        newcomers = [story.newcomer("M", "1000000.00"), story.newcomer("N", "2500000.01")]
        steps = [newcomers] if together else [[one] for one in newcomers]
        for months, tranches in enumerate(steps):
            day = date(2026, 7 + months, 1)
            closing = story.close(story.plan(day, day + timedelta(20), *tranches), day)
            story.pay(closing.call, day + timedelta(20))
        parts = HeldPart.objects.filter(fund=story.fund, root__counts_as_called=True).values_list(
            "commitment__investor__name", "root__kind", "root__amount", "held"
        )
        found = {}
        for who, kind, amount, part in parts:
            found[who, kind, amount] = found.get((who, kind, amount), 0) + part
        held.append(found)
    assert held[0] == held[1]
