"""Random lives of a fund: allocate, call, pay, spread, apply, cancel, reverse, reword, in any order, with any amount.

After every step the views say what Python works out of the raw rows, the ledger says to what each cent was applied,
states are what amounts say, nothing has moved back that was not cancelled or reversed, the sweep finds nothing; and
each deed was refused exactly where the money of that moment refuses it, leaving every row as it was.
"""

from collections import Counter
from contextlib import ExitStack
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from blackgem.models import AuditEvent
from tests.factories import CommitmentFactory, DealFactory, FundFactory, MembershipFactory, UserFactory
from tests.invariants.clients import ApiClient, Refused, ServiceClient
from tests.invariants.random_histories import live
from tests.invariants.random_steps import (
    ANY,
    DEEDS,
    anyone,
    assert_it_lived,
    cents,
    coin,
    deed,
    maybe_cents,
    one_of,
    part_of,
    shares,
    small_shares,
)
from tests.invariants.reference_ledger import (
    Allocation,
    Call,
    Commitment,
    Item,
    Payment,
    Receipt,
    ReferenceLedger,
    Reversal,
    ledger,
    total,
    views,
)
from tests.support.invariants import contradicted

RANK = ["committed", "partially_called", "partially_funded", "called", "funded"]
STATUS_RANK = ["draft", "pending_approval", "sent", "partially_funded", "fully_funded"]

commitments = st.one_of(st.integers(10_000, 60_000), st.integers(10_000, 60_000), st.integers(0, 60_000))


class MoneyTrail(RuleBasedStateMachine):
    """`books` are the rows as they were after the last step."""

    hands_of = ServiceClient
    commits = False
    #: (deed, whether it was done) → how often, over all lives of a run.
    tally: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.steps = 0
        self.stack = ExitStack()
        if not self.commits:
            self.stack.enter_context(transaction.atomic())
            self.stack.callback(transaction.set_rollback, True)

    def teardown(self):
        self.stack.close()

    @initialize(
        four_eyes=st.booleans(),
        committed=st.lists(commitments, min_size=1, max_size=4),
        allocated=st.lists(st.integers(10_000, 60_000), min_size=1, max_size=2),
        first_calls=st.sampled_from([2, 1, 0]),
    )
    def begin(self, four_eyes, committed, allocated, first_calls):
        self.manager, second = UserFactory(), UserFactory()
        self.four_eyes = four_eyes
        self.fund = FundFactory(manager=self.manager, four_eyes=four_eyes, created_by=self.manager)
        MembershipFactory(fund=self.fund, user=second)
        for amount in committed:
            CommitmentFactory(fund=self.fund, amount=Decimal(amount) / 100, created_by=self.manager)
        self.hands = self.hands_of(self.manager, second, self.fund)
        for amount in allocated:
            self.hands.allocate(DealFactory(created_by=self.manager), Decimal(amount) / 100)
        self.books = ReferenceLedger.of(self.fund.pk)
        for _ in range(first_calls):
            self.call_on_a_deal(1, Decimal("0.33"))

    # ------------------------------------------------------------ one step

    @rule(seed=st.integers(0, 2**32))
    def live_on(self, seed):
        """One deed that makes sense now. Each step has dice of its own, so that a failing life can be shortened;
        Hypothesis likes to draw the same number again, which the count of steps makes another."""
        self.steps += 1
        dice = Random(f"{seed}:{self.steps}")
        open_now = [one for one in DEEDS if one[1] is None or one[1](self)]
        [(_, _, method, arguments)] = dice.choices(open_now, [weight for weight, *_ in open_now])
        method(self, **{name: draw(dice) for name, draw in arguments.items()})

    def attempt(self, allowed, deed, *arguments, back=False, **options):
        """Do it. `allowed`: whether the money allows it now; None where only the result is checked.

        `back`: a cancellation or a reversal, the only deeds that may move a state back.
        """
        before, events = self.books, AuditEvent.objects.count()
        refused = False
        try:
            getattr(self.hands, deed)(*arguments, **options)
        except Refused:
            refused = True
        self.books = ReferenceLedger.of(self.fund.pk)
        self.tally[deed, not refused] += 1
        assert allowed in (None, not refused), (
            f"{deed}{arguments} {options} was {'refused' if refused else 'done'}"
        )
        if refused:
            assert self.books.rows == before.rows
        elif deed != "reword":  # in the same words, nothing happens
            assert AuditEvent.objects.count() > events
        if not back:
            self.check_nothing_moved_back(before)

    def check_nothing_moved_back(self, before):
        states = {one.id: RANK.index(one.state) for one in before[Allocation]}
        for one in self.books[Allocation]:
            assert RANK.index(one.state) >= states.get(one.id, 0)
        statuses = {one.id: one.status for one in before[Call]}
        for one in self.books[Call]:
            was = statuses.get(one.id, one.status)
            assert one.status == was == "cancelled" or STATUS_RANK.index(one.status) >= STATUS_RANK.index(was)

    @invariant()
    def everything_agrees(self):
        if not hasattr(self, "books"):
            return
        books = self.books
        assert views(self.fund.pk) == books.expected()
        assert ledger(self.fund.pk) == books.applied()
        assert {one.id: one.state for one in books[Allocation]} == books.states()
        issued = books.issued()
        assert {one.id: one.status for one in books[Call] if one.id in issued} == books.statuses()
        assert len({one.number for one in books[Call]}) == len(books[Call])
        assert contradicted() == []

    # ------------------------------------------------------------ picking

    def pick(self, rows, number):
        return rows[number % len(rows)]

    def steer(self, promising, rows, number):
        """Mostly one of the promising rows, now and then any row: what is refused is to be tried too."""
        return self.pick(promising if promising and number != ANY else rows, number)

    def with_something_to_pay(self):
        """Issue a call if nothing is owed, so that a step that pays has somebody to pay."""
        if not self.payable_items():
            self.call_on_a_deal(1, Decimal("0.20"))

    def some(self, kind, condition=lambda row: True):
        return [row for row in self.books[kind] if condition(row)] if hasattr(self, "books") else []

    def unfunded(self) -> Decimal:
        """What may still be called, of everybody together."""
        return total(row[-1] for row in self.books.expected()["commitment"])

    def uncalled(self, allocation) -> Decimal:
        return next(row[4] for row in self.books.expected()["allocation"] if row[0] == allocation.id)

    def can_call(self) -> bool:
        return any(one.amount for one in self.books[Commitment])

    def unpaid(self, call) -> Decimal:
        return total(self.books.owed(item) for item in self.books[Item] if item.call == call.id)

    def payable_calls(self):
        return self.some(Call, lambda call: call.status in ("sent", "partially_funded"))

    def payable_items(self):
        calls = {call.id for call in self.payable_calls()}
        return self.some(Item, lambda item: item.call in calls and self.books.owed(item))

    def spendable_receipts(self):
        return self.some(Receipt, lambda receipt: self.unapplied(receipt) > 0)

    def open_items(self, call):
        return [item for item in self.books[Item] if item.call == call.id and self.books.owed(item)]

    # ------------------------------------------------------------ calling

    def callable_allocation(self, number):
        roomy = self.some(Allocation, lambda one: self.uncalled(one) > 0)
        return self.steer(roomy, self.books[Allocation], number)

    @deed(4, number=anyone, share=small_shares)
    def call_on_a_deal(self, number, share):
        allocation = self.callable_allocation(number)
        amount = part_of(min(self.uncalled(allocation), self.unfunded()), share)
        allowed = self.can_call() and amount <= self.uncalled(allocation) and amount <= self.unfunded()
        self.attempt(allowed, "call_allocation", allocation.id, amount)

    @deed(2, number=anyone, fee=cents, share=small_shares, outside=maybe_cents, on_deal=coin)
    def draft_several_lines(self, number, fee, share, outside, on_deal):
        allocation = self.callable_allocation(number)
        investment = part_of(self.uncalled(allocation), share)
        lines = [("investment", investment, allocation.id if on_deal else None), ("management_fee", fee)]
        if outside:
            lines.append(("other", outside, None, False))
        fits = investment <= self.uncalled(allocation) or not on_deal
        allowed = self.can_call() and fits and investment + fee <= self.unfunded()
        self.attempt(allowed, "draft", lines)

    @deed(1, who=anyone, amount=cents, by_hand=cents)
    def draft_with_an_amount_by_hand(self, who, amount, by_hand):
        partner = self.pick(self.books[Commitment], who)
        item = {"commitment_id": partner.id, "called_amount": by_hand}
        self.attempt(None, "draft", [("reserves", amount)], [item])

    @deed(1, who=anyone, amount=cents, fee=cents)
    def draft_with_somebody_excused(self, who, amount, fee):
        partner = self.pick(self.books[Commitment], who)
        item = {"commitment_id": partner.id, "excused": {0: "By side letter"}}
        self.attempt(None, "draft", [("investment", amount), ("partnership_expenses", fee)], [item])

    @deed(
        4,
        when=lambda self: self.some(Call),
        number=anyone,
        amount=cents,
        what=one_of("issue", "issue", "submit", "change", "delete", "reword"),
    )
    def tend_a_call(self, number, amount, what):
        """What moves no money: a draft is written on, a letter reworded."""
        drafts = self.some(Call, lambda one: one.status == "draft")
        issued = self.some(Call, lambda one: one.id in self.books.issued())
        call = self.steer(issued if what == "reword" else drafts, self.books[Call], number)
        is_draft = call.status == "draft"
        if what == "issue":
            self.issue(call)
        elif what == "change":
            allowed = is_draft and self.can_call() and amount <= self.unfunded()
            self.attempt(allowed, "change", call.id, [("organisational_costs", amount)])
        elif what == "reword":
            self.attempt(call in issued, "reword", call.id)
        else:
            self.attempt(is_draft, what, call.id)

    def issue(self, call):
        if call.status == "draft":
            self.attempt(True, "submit", call.id)
        waits = call.status in ("draft", "pending_approval")
        self.attempt(waits and self.still_fits(call), "approve", call.id)

    def still_fits(self, call) -> bool:
        """Whether a submitted call is within what is unfunded and uncalled now."""
        books = self.books
        issued = ReferenceLedger(
            books.fund, {**books.rows, Call: [self.as_issued(one, call) for one in books[Call]]}
        )
        expected = issued.expected()
        within = all(row[-1] >= 0 for row in expected["commitment"])
        return within and all(row[4] >= 0 for row in expected["allocation"])

    @staticmethod
    def as_issued(one, call):
        return one._replace(status="sent") if one.id == call.id else one

    @deed(1, when=lambda self: self.some(Call), number=anyone)
    def cancel_a_call(self, number):
        waiting = self.some(Call, lambda one: one.status in ("draft", "pending_approval", "sent"))
        call = self.steer(waiting, self.books[Call], number)
        allowed = call.status in ("draft", "pending_approval", "sent")
        self.attempt(allowed, "cancel", call.id, back=True)

    # ------------------------------------------------------------ paying

    @deed(4, when=lambda self: self.some(Item), number=anyone, share=shares)
    def pay_an_item(self, number, share):
        self.with_something_to_pay()
        item = self.steer(self.payable_items(), self.books[Item], number)
        amount = part_of(self.books.owed(item), share)
        self.attempt(amount <= self.books.owed(item), "pay_item", item.call, item.id, amount)

    @deed(3, when=lambda self: self.some(Call), number=anyone, share=shares, spread=coin)
    def pay_a_call(self, number, share, spread):
        self.with_something_to_pay()
        call = self.steer(self.payable_calls(), self.books[Call], number)
        owed, amount = self.unpaid(call), part_of(self.unpaid(call), share)
        clear = spread or amount == owed or len(self.open_items(call)) == 1
        whom = {"spread": "pro_rata"} if spread else {}
        self.attempt(amount <= owed and clear, "pay", call.id, amount, **whom)

    @deed(2, when=lambda self: self.some(Call), number=anyone, share=shares)
    def pay_a_call_by_splits(self, number, share):
        self.with_something_to_pay()
        call = self.steer(self.payable_calls(), self.books[Call], number)
        items = [item for item in self.books[Item] if item.call == call.id][:2]
        splits = [(item.id, part_of(self.books.owed(item), share)) for item in items]
        allowed = all(part <= self.books.owed(item) for (_, part), item in zip(splits, items, strict=True))
        amount = total(part for _, part in splits)
        self.attempt(allowed, "pay", call.id, amount, splits=splits)

    @deed(1, amount=cents)
    def receive_cash(self, amount):
        self.attempt(True, "receive", amount)

    def unapplied(self, receipt) -> Decimal:
        return self.books.receipt(receipt)[-1]

    @deed(
        3,
        when=lambda self: self.some(Receipt) and self.some(Item),
        number=anyone,
        first=anyone,
        second=anyone,
        share=shares,
    )
    def apply_cash(self, number, first, second, share):
        self.with_something_to_pay()
        receipt = self.steer(self.spendable_receipts(), self.books[Receipt], number)
        items = {self.steer(self.payable_items(), self.books[Item], one) for one in (first, second)}
        most = part_of(self.unapplied(receipt), Decimal(1) / len(items))
        splits = {item: part_of(min(self.books.owed(item), most), share) for item in items}
        owed = all(part <= self.books.owed(item) for item, part in splits.items())
        again = self.books.pays_again(receipt, items)
        allowed = owed and total(splits.values()) <= self.unapplied(receipt) and not again
        self.attempt(allowed, "apply", receipt.id, [(item.id, part) for item, part in splits.items()])

    @deed(1, when=lambda self: self.some(Receipt), number=anyone, share=shares)
    def give_cash_back(self, number, share):
        receipt = self.steer(self.spendable_receipts(), self.books[Receipt], number)
        amount = part_of(self.unapplied(receipt), share)
        self.attempt(amount <= self.unapplied(receipt), "give_back", receipt.id, amount)

    # ------------------------------------------------------------ taking back

    @deed(3, when=lambda self: self.some(Payment), number=anyone, money_left=coin)
    def reverse_a_payment(self, number, money_left):
        asked = {one.payment for one in self.books[Reversal] if not one.rejected}
        standing = self.some(Payment, lambda one: one.reverses is None and one.id not in asked)
        payment = self.steer(standing, self.books[Payment], number)
        allowed = payment.reverses is None and payment.id not in asked
        self.attempt(allowed, "reverse", payment.id, money_left, back=True)

    @deed(2, when=lambda self: self.some(Reversal), number=anyone, approve=coin)
    def decide_a_reversal(self, number, approve):
        waiting = self.some(Reversal, lambda one: not (one.approved or one.rejected))
        reversal = self.steer(waiting, self.books[Reversal], number)
        allowed = not (reversal.approved or reversal.rejected)
        self.attempt(allowed, "approve_reversal" if approve else "reject_reversal", reversal.id, back=True)


# ---------------------------------------------------------------- runs


class ThroughApi(MoneyTrail):
    hands_of = ApiClient


class Committing(MoneyTrail):
    """Every deed is committed, as in production."""

    commits = True


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


def lived(machine, lives, steps):
    taken = live(machine, lives, steps)
    assert_it_lived(machine.tally, taken)


@pytest.mark.django_db(transaction=True)
@pytest.mark.deep
@pytest.mark.parametrize("lives", [12, 40, 41])
def test_the_money_trail_through_services(lives):
    lived(MoneyTrail, lives, 22)


@pytest.mark.django_db(transaction=True)
def test_the_money_trail_through_the_api():
    lived(ThroughApi, 12, 16)


@pytest.mark.django_db(transaction=True)
def test_the_money_trail_with_real_commits():
    lived(Committing, 6, 16)
