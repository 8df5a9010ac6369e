"""What partners of a fund live through at random, rule by rule, to be put together: a life has the rules of the classes
that it is made of.

A deed may be refused, and leaves nothing then. What moves rows from partner to partner leaves every sum of the fund as
it was, per kind, deal, line and due date, and every figure of a day before.
"""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from blackgem.lib.errors import DomainError
from blackgem.lib.knowledge import Knowledge
from blackgem.lib.money import unit_of
from capital.models import CallItemCapital, HeldPart
from capital.services import excuses, payments
from closings.models import (
    AssumedPart,
    Closing,
    Default,
    RefundCapital,
    SetoffPart,
)
from closings.queries.setoff_pages import pairs_of
from closings.services import closings, defaults, forfeitures, refunds, remedies, setoffs, withdrawals
from closings.services.defaults import DefaultTerms
from closings.services.planning import ClosingPlan, TranchePlan
from distributions.models import DistributionItem
from distributions.services import payouts
from funds.models import CommitmentAmounts
from tests.factories import InvestorFactory
from tests.integration.capital.test_as_of import ROLL_UPS, rows_of
from tests.integration.closings.test_transfers import by_fund, totals
from tests.integration.closings.transfer_story import TransferStory

#: What is promised at first, in the smallest units of the currency.
PROMISED = (100000000, 33333333, 70000101)
SHARES = ((1, 3), (1, 7), (2, 3), (1, 1), (999, 1000))


def of_all():
    """The roll-ups that are about no one partner, nor one partner's part of a call."""
    return {model: rows for model, rows in totals().items() if model is not CallItemCapital}


class Life:
    """One fund, from day to day: calls that are paid, money that comes back, transfers. `deeds`, of each class of a
    life, are its rules with how often they come beside the others."""

    deeds = {"call": 1, "distribute": 1, "transfer": 3}
    open_items = ("settled",)

    @classmethod
    def of(cls, seed: int):
        life = cls()
        life.begin(Random(seed))
        return life

    def begin(self, dice: Random, currency: str = "USD"):
        self.dice, self.unit, self.done = dice, unit_of(currency), Counter()
        self.refused = Counter()
        promised = tuple(self.money(units) for units in PROMISED)
        self.story = TransferStory(committed=promised, currency=currency)
        self.story.set_aside = 500000000 * self.unit
        self.day, self.deals, self.joined = date(2026, 2, 1), 0, []
        lines = ("investment", self.money(9000001), "D0"), ("other", self.money(77777))
        self.story.paid_call(self.day, *lines)

    def money(self, *units: int) -> Decimal:
        """So many of the smallest units of the currency, or one of these."""
        return self.dice.choice(units) * self.unit

    @property
    def partners(self):
        return [*self.story.partners, self.story.newcomer, *self.joined]

    def ctx(self):
        return self.story._ctx(self.day)

    def live_on(self):
        """Some days later one of the deeds comes about, rather one that did not yet."""
        self.day += timedelta(self.dice.choice([2, 9, 20]))
        deeds = {
            name: often for one in type(self).__mro__ for name, often in vars(one).get("deeds", {}).items()
        }
        often = [often if self.done[name] else 4 * often for name, often in deeds.items()]
        before = self.done.total()
        for name in self.dice.choices(list(deeds), often, k=9):
            getattr(self, name)()
            if self.done.total() > before:
                break

    def tried(self, name: str, deed) -> bool:
        """Whether it was done; what the services refuse leaves nothing."""
        try:
            with transaction.atomic():
                deed()
        except DomainError as error:
            self.refused[name, error.code] += 1
            return False
        self.done[name] += 1
        return True

    def moves(self, name: str, deed) -> bool:
        """What is done moves rows alone: no sum of the fund changes, nor any figure of a day before."""
        days = {self.day - timedelta(days) for days in (1, self.dice.randint(2, 60))}
        before, said = (by_fund(), of_all()), {day: self.said_of(day) for day in days}
        if not self.tried(name, deed):
            return False
        assert (by_fund(), of_all()) == before
        for day, then in said.items():
            self.says_the_same(then, self.said_of(day))
        return True

    def says_the_same(self, then: dict, now: dict):
        for model, rows in then.items():
            assert {pk: row for pk, row in now[model].items() if pk in rows} == rows
            # Who assumed a part of a call by a transfer since had nothing of it then.
            new = [row for pk, row in now[model].items() if pk not in rows]
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

    def tidy_up(self, giver=None):
        """What has to be paid out before an interest moves may be paid out, and what its giver owes may be paid."""
        self.pay_out_all()

    def pay_out_all(self):
        """What waits to be paid out may be paid out; what its giver owes stays."""

    # ------------------------------------------------------------ deeds

    def call(self):
        self.deals += 1
        lines = (
            ("investment", self.money(300000, 7, 9990, 1000101), f"D{self.deals}"),
            ("other", self.money(11)),
        )
        self.tried("call", lambda: self.story.paid_call(self.day, *lines))
        self.day += timedelta(1)

    def distribute(self):
        amount, recallable = self.money(100000, 3333, 5), self.dice.random() < 0.5
        self.tried("distribute", lambda: self.story.paid_out(self.day, amount, "D0", recallable=recallable))

    def transfer(self):
        givers = [one for one in self.partners if CommitmentAmounts.objects.get(pk=one.pk).committed]
        open_items = self.dice.choice(self.open_items)
        # What is assumed is assumed of who owes it.
        owing = CallItemCapital.objects.filter(outstanding__gt=0, commitment__in=[one.pk for one in givers])
        owe = set(owing.values_list("commitment", flat=True)) if open_items == "assumed" else ()
        giver = self.dice.choice([one for one in givers if one.pk in owe] or givers)
        taker = self.dice.choice([one for one in self.partners if one != giver])
        if open_items != "assumed":
            self.tidy_up(giver)
        else:
            self.pay_out_all()
        numerator, denominator = self.dice.choice(SHARES)
        more = {"frm": giver, "to": taker, "on": self.day, "ctx": self.ctx()}
        more["open_items"] = open_items
        assumed = self.assumed()
        self.moves("transfer", lambda: self.story.transfer(numerator, denominator, **more))
        self.done["assumed"] += self.assumed() - assumed

    def any_of(self, rows):
        found = list(rows)
        return self.dice.choice(found) if found else None

    def assumed(self) -> int:
        return AssumedPart.objects.filter(amount__gt=0).count()


class OpenCalls:
    """Calls are paid late or in part, and what is owed may be assumed with the interest."""

    deeds = {"open_call": 2, "pay_something": 2}
    open_items = ("settled", "assumed", "assumed")

    def open_call(self):
        lines = [("other", self.money(30000, 7, 1000101)), ("management_fee", self.money(11))]
        if self.dice.random() < 0.5:
            lines.append(("investment", self.money(200000, 99999), "D0"))
        due = self.day + timedelta(self.dice.choice([1, 1, 40]))
        self.tried("open_call", lambda: self.story.paid_call(self.day, *lines, due=due, paid=False))

    def tidy_up(self, giver=None):
        super().tidy_up(giver)
        if giver and self.dice.random() < 0.5:
            for one in CallItemCapital.objects.filter(outstanding__gt=0, commitment=giver).order_by("item"):
                self.pay(one.item_id, one.outstanding)

    def pay_something(self):
        if one := self.any_of(CallItemCapital.objects.filter(outstanding__gt=0).order_by("item")):
            part = self.dice.choice([one.outstanding, 5 * self.unit, one.outstanding // 3])
            self.pay(one.item_id, min(one.outstanding, max(self.unit, part)))

    def pay(self, item_id, amount, name="pay_something"):
        more = {"value_date": self.day, "method": "wire", "ctx": self.ctx()}
        return self.tried(name, lambda: payments.record_payment(item_id=item_id, amount=amount, **more))


class Closings(OpenCalls):
    """Later partners join, who may transfer what they took over; earlier ones are paid back what is released."""

    deeds = {"close": 3, "refund": 2}

    def close(self):
        investor = InvestorFactory(created_by=self.story.manager)
        plan = ClosingPlan(
            fund_id=self.story.fund.pk,
            held_on=self.day,
            pay_on=self.day + timedelta(1),
            tranches=(TranchePlan(investor.pk, self.money(50000000, 100, 33333334)),),
            fee_interest=Closing.FeeInterest.NONE,
            distributions=self.dice.choice(list(Closing.Distributions)),
            rate=Decimal("0.08"),
        )
        if not self.tried("close", lambda: self.settle(plan)):
            return
        self.joined.append(self.story.fund.commitments.get(investor=investor))
        self.day += timedelta(1)
        if self.dice.random() < 0.6:
            for one in CallItemCapital.objects.filter(commitment=self.joined[-1], outstanding__gt=0):
                self.pay(one.item_id, one.outstanding)

    def settle(self, plan):
        draft = closings.draft_closing(plan=plan, ctx=self.ctx())
        closings.submit_closing(closing_id=draft.pk, ctx=self.ctx())

    def pay_out_all(self):
        super().pay_out_all()
        self.refund()

    def refund(self):
        due = RefundCapital.objects.filter(payable__gt=0, refund__closing__isnull=False).order_by("refund")
        if one := self.any_of(due.select_related("refund")):
            done = {"closing_id": one.refund.closing_id, "value_date": self.day, "ctx": self.ctx()}
            self.tried("refund", lambda: refunds.pay_refunds(**done))


class Defaults(OpenCalls):
    """Partners do not pay: they are given notice, cure it, owe interest, lose of their interest; others are asked."""

    deeds = {"notice": 3, "cure": 1, "interest": 2, "pass_on": 2, "shortfall": 1, "forfeit": 2, "sell": 1}
    deeds |= {"reduce": 0.5, "withdraw": 0.5}

    def notice(self):
        owed = CallItemCapital.objects.filter(
            outstanding__gt=0, due_on__lt=self.day, item__defaults__isnull=True
        )
        one = self.any_of(owed.order_by("item"))
        if one is None:
            return
        terms = DefaultTerms(
            rate="0.1",
            interest_to=self.dice.choice(list(Default.InterestTo)),
            cap=self.dice.choice(["0.5", "1"]),
            cap_base=self.dice.choice(list(Default.CapBase)),
        )
        said = {"cure_by": self.day + timedelta(1), "terms": terms, "reason": "Clause 6.6", "ctx": self.ctx()}
        self.tried("notice", lambda: defaults.request_default(item_id=one.item_id, **said))
        self.day += timedelta(1)

    def about_one(self) -> dict | None:
        """A default of which something is owed, and by whom something is done about it."""
        owed = Default.objects.filter(item__capital__outstanding__gt=0, withdrawals__isnull=True)
        found = self.any_of(owed.order_by("pk"))
        return found and {"default_id": found.pk, "ctx": self.ctx()}

    def cure(self):
        if one := self.any_of(Default.objects.filter(item__capital__outstanding__gt=0).order_by("pk")):
            self.pay(one.item_id, one.item.capital.outstanding, "cure")

    def interest(self):
        one = self.any_of(Default.objects.order_by("pk"))
        if one:
            more = {"due_on": self.day + timedelta(1), "costs": self.money(0, 0, 1), "ctx": self.ctx()}
            self.tried("interest", lambda: remedies.request_interest(default_id=one.pk, **more))

    def pass_on(self):
        """What came in of interest; what was asked for and not paid is paid first."""
        asked = CallItemCapital.objects.filter(call__default_call__isnull=False, outstanding__gt=0)
        for one in asked.order_by("item"):
            self.pay(one.item_id, one.outstanding)
        due = RefundCapital.objects.filter(payable__gt=0, refund__remedy__isnull=False).order_by("refund")
        if one := self.any_of(due.select_related("refund")):
            done = {"remedy_id": one.refund.remedy_id, "value_date": self.day, "ctx": self.ctx()}
            self.tried("pass_on", lambda: remedies.pay_interest_on(**done))

    def shortfall(self):
        if one := self.about_one():
            due_on = self.day + timedelta(self.dice.choice([1, 30]))
            self.tried("shortfall", lambda: remedies.request_shortfall(due_on=due_on, **one))

    def forfeit(self):
        if one := self.about_one():
            self.tidy_up()
            share = self.dice.choice(["0.5", "0.33333333", "1", "0.01"])
            self.moves("forfeit", lambda: forfeitures.request_forfeiture(share=share, **one))

    def sell(self):
        if one := self.about_one():
            self.tidy_up()
            one |= {"buyer_id": self.dice.choice(self.partners).pk, "value": self.money(100, 7000000)}
            self.moves("sell", lambda: forfeitures.request_sale(**one))

    def reduce(self):
        if one := self.about_one():
            self.tried("reduce", lambda: forfeitures.request_reduction(**one))

    def withdraw(self):
        if one := self.about_one():
            self.tried("withdraw", lambda: withdrawals.request_withdrawal(reason="A slip", **one))


class Setoffs(OpenCalls):
    """What was declared waits to be paid out, pays calls in place of a wire, and is taken back."""

    deeds = {"declare": 2, "set_off": 4, "take_back": 1, "pay_out": 1}

    def declare(self):
        withheld = {self.story.first.pk: self.money(1, 50)} if self.dice.random() < 0.5 else {}
        more = {"recallable": self.dice.random() < 0.5, "withholding": withheld, "paid": False}
        amount = self.money(100000, 3333, 700000)
        self.tried("declare", lambda: self.story.paid_out(self.day, amount, "D0", **more))

    def set_off(self):
        pair = self.any_of(pairs_of(self.story.fund))
        if pair:
            given = {"closing_id" if pair.is_closing else "distribution_id": pair.given.pk}
            more = {"call_id": pair.call.pk, "reason": "Clause 14.14", "ctx": self.ctx()}
            name = "set_off_refunds" if pair.is_closing else "set_off"
            self.tried(name, lambda: setoffs.request_setoff(**given, **more))

    def take_back(self):
        if part := self.any_of(SetoffPart.objects.filter(reversals__isnull=True).order_by("pk")):
            said = {"part_id": part.pk, "reason": "Not agreed", "ctx": self.ctx()}
            self.tried("take_back", lambda: setoffs.request_setoff_reversal(**said))

    def pay_out_all(self):
        super().pay_out_all()
        self.pay_out()

    def pay_out(self):
        owed = DistributionItem.objects.filter(capital__paid_out=0, gross_amount__gt=0).order_by("pk")
        if one := self.any_of(owed):
            done = {"value_date": self.day, "method": "wire", "ctx": self.ctx()}
            self.tried("pay_out", lambda: payouts.pay_out(distribution_id=one.distribution_id, **done))


class Excuses:
    """Partners are excused from deals that were called."""

    deeds = {"excuse": 0.5}

    def excuse(self):
        parts = HeldPart.objects.filter(line__kind="investment", held__gt=0).order_by("line", "commitment")
        if part := self.any_of(parts):
            one = {"line_id": part.line_id, "commitment_id": part.commitment_id, "reason": "Its policy"}
            self.tried("excuse", lambda: excuses.excuse_partner(**one, ctx=self.ctx()))
