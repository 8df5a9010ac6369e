"""Random lives of a fund whose partners transfer their interests: calls, distributions, money that comes back,
transfers in parts and in full.

Every transfer leaves all sums of the fund as they were, per kind, deal, line and due date, and every figure of a day
before it; every sentence of `reconcile` holds, and each partner's statement says what the roll-ups say.
"""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from blackgem.lib.errors import DomainError
from blackgem.lib.knowledge import Knowledge
from capital.models import CallItemCapital, HeldPart
from capital.services import payments
from closings.models import AssumedPart, Transfer
from closings.services import defaults, forfeitures
from closings.services.defaults import DefaultTerms
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.test_assumed import of_all
from tests.integration.closings.test_transfers import by_fund
from tests.integration.closings.transfer_story import TransferStory
from tests.integration.portal.test_statement import agrees_with_the_views
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db

AMOUNTS = ("1000000.00", "333333.33", "700001.01")


class Life:
    """One fund, from day to day, with dice of its own."""

    def __init__(self, seed: int):
        self.dice = Random(seed)
        self.story = TransferStory(committed=AMOUNTS)
        self.day = date(2026, 2, 1)
        self.deals = 0
        self.story.paid_call(self.day, ("investment", "90000.01", "D0"), ("other", "777.77"))

    @property
    def partners(self):
        return [*self.story.partners, self.story.newcomer]

    def live_on(self):
        self.day += timedelta(self.dice.choice([2, 9, 20]))
        self.dice.choice([self.call, self.distribute, self.transfer, self.transfer, self.transfer])()

    def call(self):
        self.deals += 1
        amount = self.dice.choice(["3000.00", "0.07", "99.90", "10001.01"])
        self.tried(
            lambda: self.story.paid_call(
                self.day, ("investment", amount, f"D{self.deals}"), ("other", "0.11")
            )
        )
        self.day += timedelta(1)

    def distribute(self):
        amount = self.dice.choice(["1000.00", "33.33", "0.05"])
        recallable = self.dice.random() < 0.5
        self.tried(lambda: self.story.paid_out(self.day, amount, "D0", recallable=recallable))

    def transfer(self):
        giver, taker = self.dice.sample(self.partners, 2)
        numerator, denominator = self.dice.choice([(1, 3), (1, 7), (2, 3), (1, 1), (999, 1000)])
        more = {"frm": giver, "to": taker, "on": self.day}
        self.moves(lambda: self.story.transfer(numerator, denominator, **more))

    def moves(self, deed):
        """What is done moves rows alone: no sum of the fund changes, nor any figure of a day before."""
        before, day = (by_fund(), of_all()), self.day - timedelta(1)
        said = self.said_of(day)
        if not self.tried(deed):
            return
        assert (by_fund(), of_all()) == before
        after = self.said_of(day)
        for model, rows in said.items():
            assert {pk: row for pk, row in after[model].items() if pk in rows} == rows
            # Who assumed a part of a call by a transfer since had nothing of it then.
            new = [row for pk, row in after[model].items() if pk not in rows]
            assert not new or model in (HeldPart, CallItemCapital)
            assert not any(row.get("held", row["called"]) for row in new)

    def said_of(self, day) -> dict:
        """Parts by line and partner, because who holds one by transfer alone may be called a part of it since."""
        said = {model: rows_of(model.on(day, Knowledge(None))) for model in ROLL_UPS}
        held = said[HeldPart].values()
        said[HeldPart] = {
            (row["line_id"], row["commitment_id"]): {**row, "part_id": None} for row in held if row["held"]
        }
        return said

    def tried(self, deed) -> bool:
        """Whether it was done; what the services refuse leaves nothing."""
        try:
            with transaction.atomic():
                deed()
        except DomainError:
            return False
        return True


class LifeWithDefaults(Life):
    """The same, in which partners do not pay, lose a part of their interest, or all of it, and pay after all."""

    def live_on(self):
        if self.dice.random() < 0.4:
            self.day += timedelta(9)
            self.default()
        else:
            super().live_on()

    def default(self):
        story, giver = self.story, self.dice.choice(self.partners)
        amount = self.dice.choice(["300.00", "0.07", "10001.01"])
        call = None
        with suppress(DomainError), transaction.atomic():
            call = story.paid_call(self.day, ("other", amount), paid=False)
        if call is None:
            return
        for item in call.items.select_related("capital"):
            if item.capital.outstanding and item.commitment_id != giver.pk:
                self.pay(item)
        owed = call.items.filter(commitment=giver, capital__outstanding__gt=0).first()
        if owed is None:
            return
        self.day += timedelta(9)
        given = defaults.request_default(
            item_id=owed.pk,
            cure_by=self.day,
            terms=DefaultTerms(rate="0.1"),
            reason="Clause 6.6",
            ctx=story._ctx(self.day),
        )
        self.day += timedelta(1)
        share = self.dice.choice(["0.5", "0.33333333", "1", "0.01"])
        done = {"default_id": given.pk, "ctx": story._ctx(self.day)}
        self.moves(lambda: forfeitures.request_forfeiture(share=share, **done))
        if self.dice.random() < 0.7:
            self.pay(owed)

    def pay(self, item):
        owed = CallItemCapital.objects.get(item=item).outstanding
        ctx = self.story._ctx(self.day)
        payments.record_payment(item_id=item.pk, amount=owed, value_date=self.day, method="wire", ctx=ctx)


class LifeWithOpenCalls(Life):
    """The same, in which calls are paid late or in part, and what is owed is assumed with the interest."""

    def live_on(self):
        what = self.dice.random()
        if what < 0.3:
            self.open_call()
        elif what < 0.5:
            self.day += timedelta(2)
            self.pay_something()
        else:
            super().live_on()

    def open_call(self):
        self.day += timedelta(3)
        amount = self.dice.choice(["300.00", "0.07", "10001.01"])
        more = {"due": self.day + timedelta(self.dice.choice([1, 40])), "paid": False}
        lines = ("other", amount), ("management_fee", "0.11")
        self.tried(lambda: self.story.paid_call(self.day, *lines, **more))

    def pay_something(self):
        owed = list(CallItemCapital.objects.filter(outstanding__gt=0).select_related("item").order_by("item"))
        if owed:
            one = self.dice.choice(owed)
            amount = max(min(one.outstanding, Decimal("0.05")), one.outstanding // self.dice.choice([1, 3]))
            ctx = self.story._ctx(self.day)
            more = {"value_date": self.day, "method": "wire", "ctx": ctx}
            self.tried(lambda: payments.record_payment(item_id=one.item_id, amount=amount, **more))

    def transfer(self):
        giver, taker = self.dice.sample(self.partners, 2)
        numerator, denominator = self.dice.choice([(1, 3), (1, 7), (1, 1), (999, 1000)])
        more = {"frm": giver, "to": taker, "on": self.day, "open_items": "assumed"}
        self.moves(lambda: self.story.transfer(numerator, denominator, **more))


@pytest.mark.parametrize("seed", [3, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(4, 14))])
def test_a_life_of_open_calls(seed):
    life = LifeWithOpenCalls(seed)
    life.open_call()
    life.moves(lambda: life.story.transfer(1, 3, on=life.day, open_items="assumed"))
    for _ in range(9):
        life.live_on()
        assert violations() == []
    assert AssumedPart.objects.filter(amount__gt=0).exists()
    for partner in life.partners:
        agrees_with_the_views(partner, today=date(2026, 11, 1))


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(1, 9))
def test_a_life_of_defaults(seed):
    life = LifeWithDefaults(seed)
    for _ in range(8):
        life.live_on()
        assert violations() == []
    assert Transfer.objects.filter(remedy__isnull=False).exists()


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 12))])
def test_a_life_of_transfers(seed):
    life = Life(seed)
    for _ in range(8):
        life.live_on()
        assert violations() == []
    assert Transfer.objects.filter(fund=life.story.fund).exists()
    for partner in life.partners:
        statement = agrees_with_the_views(partner, today=date(2026, 11, 1))
        assert sum((one.added for one in statement.transfers), Decimal(0)) == sum(
            statement.cash[n].amounts[-1]
            for n in range(len(statement.cash))
            if statement.cash[n].label.endswith(": contributions")
        )
