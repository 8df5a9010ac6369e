"""Random lives of a fund: allocate, call, pay, spread, apply, cancel, reverse, reword, in any order, with any amount.

After every step the views say what Python works out of the raw rows, the ledger says to what each cent was applied,
states are what amounts say, nothing has moved back that was not cancelled or reversed, the sweep finds nothing; and
each deed was refused exactly where the money of that moment refuses it, leaving every row as it was.
"""

import os
from contextlib import ExitStack
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from blackgem.lib.invariants import invariants
from blackgem.models import AuditEvent
from tests.factories import CommitmentFactory, DealFactory, FundFactory, MembershipFactory, UserFactory
from tests.invariants.books import (
    Allocation,
    Books,
    Call,
    Commitment,
    Item,
    Payment,
    Receipt,
    Reversal,
    ledger,
    total,
    views,
)
from tests.invariants.hands import ApiHands, Refused, ServiceHands

RANK = ["committed", "partially_called", "partially_funded", "called", "funded"]
STATUS_RANK = ["draft", "pending_approval", "sent", "partially_funded", "fully_funded"]

anyone = st.integers(0, 7)
cents = st.integers(1, 30_000).map(lambda count: Decimal(count) / 100)
shares = st.sampled_from([Decimal(part) / 100 for part in (1, 33, 50, 99, 100, 101)])


def part_of(amount: Decimal, share: Decimal) -> Decimal:
    """A share of an amount, down to a cent, and never nothing."""
    return max(Decimal("0.01"), (amount * share).quantize(Decimal("0.01"), rounding="ROUND_DOWN"))


class MoneyTrail(RuleBasedStateMachine):
    """`books` are the rows as they were after the last step."""

    hands_of = ServiceHands
    commits = False

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        if not self.commits:
            self.stack.enter_context(transaction.atomic())
            self.stack.callback(transaction.set_rollback, True)

    def teardown(self):
        self.stack.close()

    @initialize(
        four_eyes=st.booleans(),
        committed=st.lists(st.integers(0, 60_000), min_size=1, max_size=4),
        allocated=st.lists(st.integers(1, 60_000), min_size=1, max_size=2),
    )
    def begin(self, four_eyes, committed, allocated):
        self.manager, second = UserFactory(), UserFactory()
        self.four_eyes = four_eyes
        self.fund = FundFactory(manager=self.manager, four_eyes=four_eyes, created_by=self.manager)
        MembershipFactory(fund=self.fund, user=second)
        for amount in committed:
            CommitmentFactory(fund=self.fund, amount=Decimal(amount) / 100, created_by=self.manager)
        self.hands = self.hands_of(self.manager, second, self.fund)
        for amount in allocated:
            self.hands.allocate(DealFactory(created_by=self.manager), Decimal(amount) / 100)
        self.books = Books.of(self.fund.pk)

    # ------------------------------------------------------------ one step

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
        self.books = Books.of(self.fund.pk)
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

    def open_items(self, call):
        return [item for item in self.books[Item] if item.call == call.id and self.books.owed(item)]

    # ------------------------------------------------------------ calling

    @rule(number=anyone, share=shares)
    def call_on_a_deal(self, number, share):
        allocation = self.pick(self.books[Allocation], number)
        amount = part_of(min(self.uncalled(allocation), self.unfunded()), share)
        allowed = self.can_call() and amount <= self.uncalled(allocation) and amount <= self.unfunded()
        self.attempt(allowed, "call_allocation", allocation.id, amount)

    @rule(number=anyone, fee=cents, share=shares, outside=st.none() | cents, on_deal=st.booleans())
    def draft_several_lines(self, number, fee, share, outside, on_deal):
        allocation = self.pick(self.books[Allocation], number)
        investment = part_of(self.uncalled(allocation), share)
        lines = [("investment", investment, allocation.id if on_deal else None), ("management_fee", fee)]
        if outside:
            lines.append(("other", outside, None, False))
        fits = investment <= self.uncalled(allocation) or not on_deal
        allowed = self.can_call() and fits and investment + fee <= self.unfunded()
        self.attempt(allowed, "draft", lines)

    @rule(who=anyone, amount=st.integers(0, 20_000), by_hand=st.integers(0, 20_000))
    def draft_with_an_amount_by_hand(self, who, amount, by_hand):
        partner = self.pick(self.books[Commitment], who)
        item = {"commitment_id": partner.id, "called_amount": Decimal(by_hand) / 100}
        self.attempt(None, "draft", [("reserves", Decimal(amount + 1) / 100)], [item])

    @rule(who=anyone, amount=cents, fee=cents)
    def draft_with_somebody_excused(self, who, amount, fee):
        partner = self.pick(self.books[Commitment], who)
        item = {"commitment_id": partner.id, "excused": {0: "By side letter"}}
        self.attempt(None, "draft", [("investment", amount), ("partnership_expenses", fee)], [item])

    @precondition(lambda self: self.some(Call, lambda call: call.status == "draft"))
    @rule(number=anyone, amount=cents)
    def change_a_draft(self, number, amount):
        call = self.pick(self.some(Call, lambda one: one.status == "draft"), number)
        allowed = self.can_call() and amount <= self.unfunded()
        self.attempt(allowed, "change", call.id, [("organisational_costs", amount)])

    @precondition(lambda self: self.some(Call))
    @rule(number=anyone)
    def delete_a_call(self, number):
        call = self.pick(self.books[Call], number)
        self.attempt(call.status == "draft", "delete", call.id)

    @precondition(lambda self: self.some(Call))
    @rule(number=anyone)
    def submit_a_call(self, number):
        call = self.pick(self.books[Call], number)
        self.attempt(call.status == "draft", "submit", call.id)

    @precondition(lambda self: self.some(Call, lambda call: call.status in ("draft", "pending_approval")))
    @rule(number=anyone)
    def submit_and_approve(self, number):
        call = self.pick(self.some(Call, lambda one: one.status in ("draft", "pending_approval")), number)
        if call.status == "draft":
            self.attempt(True, "submit", call.id)
        self.attempt(self.still_fits(call), "approve", call.id)

    def still_fits(self, call) -> bool:
        """Whether a submitted call is within what is unfunded and uncalled now."""
        books = self.books
        issued = Books(books.fund, {**books.rows, Call: [self.as_issued(one, call) for one in books[Call]]})
        expected = issued.expected()
        within = all(row[-1] >= 0 for row in expected["commitment"])
        return within and all(row[4] >= 0 for row in expected["allocation"])

    @staticmethod
    def as_issued(one, call):
        return one._replace(status="sent") if one.id == call.id else one

    @precondition(lambda self: self.some(Call))
    @rule(number=anyone)
    def cancel_a_call(self, number):
        call = self.pick(self.books[Call], number)
        allowed = call.status in ("draft", "pending_approval", "sent")
        self.attempt(allowed, "cancel", call.id, back=True)

    @precondition(lambda self: hasattr(self, "books") and self.books.issued())
    @rule(number=anyone)
    def reword_a_call(self, number):
        self.attempt(True, "reword", self.pick(sorted(self.books.issued()), number))

    # ------------------------------------------------------------ paying

    @precondition(lambda self: self.some(Item))
    @rule(number=anyone, share=shares)
    def pay_an_item(self, number, share):
        item = self.pick(self.books[Item], number)
        amount = part_of(self.books.owed(item), share)
        self.attempt(amount <= self.books.owed(item), "pay_item", item.call, item.id, amount)

    @precondition(lambda self: self.some(Call))
    @rule(number=anyone, share=shares, spread=st.booleans())
    def pay_a_call(self, number, share, spread):
        call = self.pick(self.books[Call], number)
        owed, amount = self.unpaid(call), part_of(self.unpaid(call), share)
        clear = spread or amount == owed or len(self.open_items(call)) == 1
        whom = {"spread": "pro_rata"} if spread else {}
        self.attempt(amount <= owed and clear, "pay", call.id, amount, **whom)

    @precondition(lambda self: self.some(Call))
    @rule(number=anyone, share=shares)
    def pay_a_call_by_splits(self, number, share):
        call = self.pick(self.books[Call], number)
        items = [item for item in self.books[Item] if item.call == call.id][:2]
        splits = [(item.id, part_of(self.books.owed(item), share)) for item in items]
        allowed = all(part <= self.books.owed(item) for (_, part), item in zip(splits, items, strict=True))
        amount = total(part for _, part in splits)
        self.attempt(allowed, "pay", call.id, amount, splits=splits)

    @rule(amount=cents)
    def receive_cash(self, amount):
        self.attempt(True, "receive", amount)

    def unapplied(self, receipt) -> Decimal:
        return self.books.receipt(receipt)[-1]

    @precondition(lambda self: self.some(Receipt) and self.some(Item))
    @rule(number=anyone, first=anyone, second=anyone, share=shares)
    def apply_cash(self, number, first, second, share):
        receipt = self.pick(self.books[Receipt], number)
        items = {self.pick(self.books[Item], one) for one in (first, second)}
        splits = {item: part_of(min(self.books.owed(item), self.unapplied(receipt)), share) for item in items}
        owed = all(part <= self.books.owed(item) for item, part in splits.items())
        allowed = owed and total(splits.values()) <= self.unapplied(receipt)
        self.attempt(allowed, "apply", receipt.id, [(item.id, part) for item, part in splits.items()])

    @precondition(lambda self: self.some(Receipt))
    @rule(number=anyone, share=shares)
    def give_cash_back(self, number, share):
        receipt = self.pick(self.books[Receipt], number)
        amount = part_of(self.unapplied(receipt), share)
        self.attempt(amount <= self.unapplied(receipt), "give_back", receipt.id, amount)

    # ------------------------------------------------------------ taking back

    @precondition(lambda self: self.some(Payment))
    @rule(number=anyone, money_left=st.booleans())
    def reverse_a_payment(self, number, money_left):
        payment = self.pick(self.books[Payment], number)
        asked = {one.payment for one in self.books[Reversal] if not one.rejected}
        allowed = payment.reverses is None and payment.id not in asked
        self.attempt(allowed, "reverse", payment.id, money_left, back=True)

    @precondition(lambda self: self.some(Reversal))
    @rule(number=anyone, approve=st.booleans())
    def decide_a_reversal(self, number, approve):
        reversal = self.pick(self.books[Reversal], number)
        allowed = not (reversal.approved or reversal.rejected)
        self.attempt(allowed, "approve_reversal" if approve else "reject_reversal", reversal.id, back=True)


def contradicted() -> list[str]:
    """The names of the sentences that the rows contradict, asked in one prepared statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXECUTE {prepared()}")
        return [name for (name,) in cursor.fetchall()]


def prepared() -> str:
    """Prepared once per connection: planning two dozen queries takes longer than asking them."""
    raw = connection.connection
    if not getattr(raw, "sweep_is_prepared", False):
        queries = [f"SELECT '{one.name}' WHERE EXISTS ({one.query})" for one in invariants()]
        raw.execute(f"PREPARE sweep AS {' UNION ALL '.join(queries)}")
        raw.sweep_is_prepared = True
    return "sweep"


# ---------------------------------------------------------------- runs


class ThroughApi(MoneyTrail):
    hands_of = ApiHands


class Committing(MoneyTrail):
    """Every deed is committed, as in production."""

    commits = True


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr("funds.services.notices.wake_workers", lambda: None)


def live(machine, lives, steps):
    """LIVES=20 in the environment lives twenty times as many."""
    lives *= int(os.environ.get("LIVES", "1"))
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    limits = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, suppress_health_check=slow
    )
    run_state_machine_as_test(machine, settings=limits)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("life", range(3))
def test_the_money_trail_through_services(life):
    live(MoneyTrail, 45, 22)


@pytest.mark.django_db(transaction=True)
def test_the_money_trail_through_the_api():
    live(ThroughApi, 20, 16)


@pytest.mark.django_db(transaction=True)
def test_the_money_trail_with_real_commits():
    live(Committing, 8, 16)
