"""Random lives of a fund that distributes: draft, submit, approve, issue, pay out, take back, cancel, call again.

After every step the views say what Python works out of the raw rows, the ledger says what each payout took out, the
status is what the amounts say and the sweep finds nothing; each deed was refused exactly where the money of that moment
refuses it, leaving every row as it was.
"""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from capital.services import allocations, calls, payments
from capital.services.plans import CallPlan, LinePlan
from distributions.services import distributions, payouts
from distributions.services.planning import DistributionPlan
from distributions.states import DistributionType
from funds.services.controls import approve_change
from tests.factories import (
    CommitmentFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    MembershipFactory,
    UserFactory,
)
from tests.invariants.random_histories import live
from tests.invariants.reference_ledger import Commitment, total
from tests.invariants.reference_payouts import (
    Distribution,
    Item,
    Payout,
    ReferencePayouts,
    Reversal,
    out_ledger,
    out_views,
)
from tests.support.invariants import contradicted

BEGAN = date(2024, 1, 1)
CENT = Decimal("0.01")
#: What has to succeed at least how often, as a share of all steps.
LIVELY = {
    "draft": 0.05,
    "submit": 0.05,
    "approve": 0.03,
    "send": 0.03,
    "pay_out": 0.05,
    "take_back": 0.02,
    "cancel": 0.01,
    "call": 0.02,
}

#: What is worked out anew says that facts moved: they give other amounts, or there is no more left to give back.
MOVED = {"distribution.inputs_moved", "distribution.more_than_paid_in"}


class MoneyOut(RuleBasedStateMachine):
    """`books` are the rows as they were after the last step; `today` moves on from step to step."""

    commits = False
    tally: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.steps, self.today = 0, BEGAN
        self.stack = ExitStack()
        if not self.commits:
            self.stack.enter_context(transaction.atomic())
            self.stack.callback(transaction.set_rollback, True)

    def teardown(self):
        self.stack.close()

    @initialize(
        four_eyes=st.booleans(),
        committed=st.lists(st.integers(10_000, 90_000), min_size=1, max_size=3),
        gp=st.sampled_from([0, 5_000]),
        scope=st.sampled_from(["per_investor", "aggregate"]),
        catch_up=st.sampled_from(["1", "0.5", "0"]),
        tax=st.sampled_from(["0", "0.15"]),
    )
    def begin(self, four_eyes, committed, gp, scope, catch_up, tax):
        self.manager, self.second = UserFactory(), UserFactory()
        self.four_eyes = four_eyes
        self.fund = FundFactory(
            manager=self.manager, four_eyes=four_eyes, created_by=self.manager, lpa_date=BEGAN
        )
        MembershipFactory(fund=self.fund, user=self.second)
        FundTermsFactory(fund=self.fund, scope=scope, catch_up_rate=Decimal(catch_up), effective_on=BEGAN)
        for number, amount in enumerate(committed):
            taxed = {"investor__withholding_rate": Decimal(tax)} if number == 0 else {}
            self.commit(Decimal(amount) / 100, **taxed)
        self.commit(Decimal(gp) / 100, kind="gp", reference="GP")
        deal = DealFactory(created_by=self.manager)
        allocations.allocate(fund_id=self.fund.pk, deal_id=deal.pk, committed=Decimal(10_000), **self.acts())
        self.deal = deal.pk
        self.books = ReferencePayouts.of(self.fund.pk)
        self.call(Random(committed[0]), Decimal("0.50"))

    def commit(self, amount, **more):
        CommitmentFactory(fund=self.fund, amount=amount, created_by=self.manager, **more)

    def acts(self, by=None):
        at = datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC)
        return {"ctx": WriteContext(by or self.manager, at)}

    # ------------------------------------------------------------ one step

    @rule(seed=st.integers(0, 2**32))
    def live_on(self, seed):
        """One deed that makes sense now, some days later, with dice of its own."""
        self.steps += 1
        dice = Random(f"{seed}:{self.steps}")
        self.today += timedelta(dice.choice([0, 0, 1, 40, 250]))
        open_now = {deed: weight for deed, (weight, *of) in DEEDS.items() if self.has_any(of)}
        [deed] = dice.choices(list(open_now), list(open_now.values()))
        deed(self, dice)

    def has_any(self, statuses) -> bool:
        """Whether there is a distribution in one of these states; always, where none are asked for."""
        return not statuses or any(one.status in statuses for one in self.books[Distribution])

    def attempt(self, allowed, name, service, **fields):
        """Do it. `allowed`: whether the money allows it now; None where only the result is checked."""
        before, refused = self.books, None
        try:
            service(**fields)
        except DomainError as error:
            refused = error
        self.books = ReferencePayouts.of(self.fund.pk)
        self.tally[name, refused is None] += 1
        assert allowed in (None, refused is None), (
            f"{name} {fields} was {refused.code if refused else 'done'}"
        )
        if refused:
            assert self.books == before
        return refused

    @invariant()
    def everything_agrees(self):
        if not hasattr(self, "books"):
            return
        books = self.books
        books.check_sums()
        assert out_views(self.fund.pk) == books.expected()
        assert out_ledger(self.fund.pk) == books.ledger()
        assert {
            one.id: one.status for one in books[Distribution] if one.id in books.issued()
        } == books.statuses()
        assert all(unfunded >= 0 for unfunded in books.unfunded().values())
        assert len({one.number for one in books[Distribution]}) == len(books[Distribution])
        assert contradicted() == []

    # ------------------------------------------------------------ picking

    def steer(self, dice, kind, promising):
        """Mostly a promising row, now and then any row: what is refused is to be tried too. None if there is none."""
        rows = self.books[kind]
        good = [row for row in rows if promising(row)]
        if not good and dice.random() < 0.7:
            return None
        return dice.choice(good if good and dice.random() < 0.9 else rows) if rows else None

    def of_status(self, dice, *statuses):
        return self.steer(dice, Distribution, lambda one: one.status in statuses)

    def unpaid(self, one) -> list[Item]:
        items = self.books.items_of(one.id)
        return [item for item in items if item.gross and not self.books.paid_out(item=item.id)]

    # ------------------------------------------------------------ money in

    def call(self, dice, share=None):
        """A call of part of what is unfunded, issued and paid in full by everybody at once."""
        share = share or Decimal(dice.choice([5, 20, 50, 100, 101])) / 100
        unfunded = self.books.unfunded()
        # Pro rata over commitments: the partner with the least room decides.
        committed = {one.id: one.amount for one in self.books.paid_in[Commitment] if one.amount}
        room = min(unfunded[one] / amount for one, amount in committed.items()) * total(committed.values())
        amount = max(CENT, (room * share).quantize(CENT, rounding="ROUND_DOWN"))
        line = LinePlan("management_fee", amount)
        due = self.today + timedelta(10)
        plan = CallPlan(self.fund.pk, amount, "Call", "", self.today, due, (line,))
        self.attempt(None, "call", self.raise_call, plan=plan)

    @transaction.atomic
    def raise_call(self, *, plan):
        call = calls.draft_call(plan=plan, **self.acts())
        calls.submit_call(call_id=call.pk, **self.acts())
        calls.approve_call(call_id=call.pk, **self.acts(self.second))
        payments.pay_call(call_id=call.pk, amount=plan.total_amount, value_date=self.today, **self.acts())

    # ------------------------------------------------------------ drafts

    def plan(self, dice) -> DistributionPlan:
        """Somewhere between a little of what was paid in and a multiple of it."""
        paid = max(total(row[4] for row in self.books.paid_in.expected()["commitment"]), CENT)
        share = Decimal(dice.choice([1, 10, 30, 60, 120, 300])) / 100
        kinds = [DistributionType.EXIT_PROCEEDS] * 4 + [DistributionType.DIVIDEND]
        kinds.append(DistributionType.RETURN_OF_EXCESS_CAPITAL)
        return DistributionPlan(
            self.fund.pk,
            max(CENT, (paid * share).quantize(CENT)),
            self.today,
            dice.choice(kinds),
            "Proceeds",
            None,
            recallable=dice.random() < 0.4,
        )

    def draft(self, dice):
        self.attempt(None, "draft", distributions.draft_distribution, plan=self.plan(dice), **self.acts())

    def change(self, dice):
        one = self.of_status(dice, "draft")
        if one:
            allowed = None if one.status == "draft" else False
            fields = {"distribution_id": one.id, "plan": self.plan(dice)}
            self.attempt(allowed, "change", distributions.change_draft, **fields, **self.acts())

    def delete(self, dice):
        one = self.of_status(dice, "draft")
        if one:
            self.attempt(
                one.status == "draft",
                "delete",
                distributions.delete_draft,
                distribution_id=one.id,
                **self.acts(),
            )

    # ------------------------------------------------------------ from draft to issue

    def submit(self, dice):
        one = self.of_status(dice, "draft")
        if one:
            fields = {"distribution_id": one.id, **self.acts()}
            self.attempt(one.status == "draft", "submit", distributions.submit_distribution, **fields)

    def approve(self, dice):
        """Refused where its facts have moved since it was worked out, and to who submitted it where four eyes look."""
        one = self.of_status(dice, "pending_approval")
        if not one:
            return
        alone = dice.random() < 0.1
        allowed = None if one.status == "pending_approval" and not (alone and self.four_eyes) else False
        fields = {"distribution_id": one.id, **self.acts(self.manager if alone else self.second)}
        refused = self.attempt(allowed, "approve", distributions.approve_distribution, **fields)
        if refused and allowed is None:
            assert refused.code in MOVED
            self.attempt(
                True,
                "cancel",
                self.cancel_by_two,
                distribution_id=one.id,
                reason="Moved",
                **self.acts(),
            )

    def send(self, dice):
        one = self.of_status(dice, "approved")
        if one:
            fields = {"distribution_id": one.id, **self.acts()}
            allowed = None if one.status == "approved" else False
            refused = self.attempt(allowed, "send", distributions.issue_approved_distribution, **fields)
            if refused and allowed is None:
                assert refused.code in {"distribution.not_its_turn", *MOVED}

    def straight_on(self, dice):
        """From wherever it is to its issue, without a stop."""
        for step in (self.submit, self.approve, self.send):
            step(dice)

    def cancel(self, dice):
        one = self.of_status(dice, "pending_approval", "approved", "sent")
        if one:
            open_now = one.status in ("draft", "pending_approval", "approved", "sent")
            allowed = None if open_now and not self.books.paid_out(distribution=one.id) else False
            fields = {"distribution_id": one.id, "reason": "The buyer withdrew", **self.acts()}
            refused = self.attempt(allowed, "cancel", self.cancel_by_two, **fields)
            if refused and allowed is None:
                assert refused.code == "distribution.later_issued"

    def cancel_by_two(self, **fields):
        """What waits for another person is approved by one."""
        for change in distributions.cancel_distribution(**fields).waiting:
            approve_change(change_id=change.pk, **self.acts(self.second))

    # ------------------------------------------------------------ payouts

    def pay_out(self, dice):
        one = self.of_status(dice, "sent")
        if not one:
            return
        item = dice.choice(self.books.items_of(one.id)) if dice.random() < 0.5 else None
        unpaid = self.unpaid(one)
        allowed = one.id in self.books.issued() and bool(unpaid if item is None else item in unpaid)
        fields = {"distribution_id": one.id, "item_id": item and item.id, "value_date": self.today}
        self.attempt(allowed, "pay_out", payouts.pay_out, method="wire", **fields, **self.acts())

    def can_be_taken_back(self, payout) -> bool:
        """Whether what was paid out to be called again has not been called again."""
        item = next(item for item in self.books[Item] if item.id == payout.item)
        return self.books.unfunded()[payout.commitment] >= item.recallable

    def take_back(self, dice):
        asked = {one.payout for one in self.books[Reversal] if not one.rejected}
        payout = self.steer(dice, Payout, lambda one: one.reverses is None and one.id not in asked)
        if not payout:
            return
        allowed = payout.reverses is None and payout.id not in asked
        if allowed and not self.four_eyes:
            allowed = self.can_be_taken_back(payout)
        fields = {"payout_id": payout.id, "reason": "The wire was returned"}
        self.attempt(allowed, "take_back", payouts.request_payout_reversal, **fields, **self.acts())

    def decide(self, dice):
        reversal = self.steer(dice, Reversal, lambda one: not (one.approved or one.rejected))
        if not reversal:
            return
        payout = next(one for one in self.books[Payout] if one.id == reversal.payout)
        waits = not (reversal.approved or reversal.rejected)
        fields = {"reversal_id": reversal.id, **self.acts(self.second)}
        if dice.random() < 0.3:
            self.attempt(waits, "reject", payouts.reject_payout_reversal, **fields)
        else:
            allowed = waits and self.can_be_taken_back(payout)
            self.attempt(allowed, "decide", payouts.approve_payout_reversal, **fields)


#: What can happen in a step, how often beside the others, and what it needs a distribution to be.
DEEDS = {
    MoneyOut.draft: (3,),
    MoneyOut.change: (1, "draft"),
    MoneyOut.delete: (0.5, "draft"),
    MoneyOut.submit: (2, "draft"),
    MoneyOut.approve: (2, "pending_approval"),
    MoneyOut.send: (3, "approved"),
    MoneyOut.straight_on: (6, "draft", "pending_approval", "approved"),
    MoneyOut.cancel: (0.7, "pending_approval", "approved", "sent"),
    MoneyOut.pay_out: (8, "sent"),
    MoneyOut.take_back: (3, "sent", "paid"),
    MoneyOut.decide: (3, "sent", "paid"),
    MoneyOut.call: (2,),
}


class Committing(MoneyOut):
    """Every deed is committed, as in production."""

    commits = True


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


def lived(machine, lives, steps):
    taken = live(machine, lives, steps)
    for deed, share in LIVELY.items():
        done = machine.tally[deed, True]
        assert done >= taken * share, f"{deed} went through only {done} times in {taken} steps"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("life", [0, pytest.param(1, marks=pytest.mark.deep)])
def test_money_out_through_services(life):
    lived(MoneyOut, 12, 22)


@pytest.mark.django_db(transaction=True)
def test_money_out_with_real_commits():
    lived(Committing, 4, 20)
