"""Many at once through the services: nothing is paid, called or approved twice, nothing is lost, nobody deadlocks."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Busy, Conflict
from capital.models import CallItemCapital, CapitalCall, Payment
from capital.queries.call import call_of
from capital.services import calls, incoming, payments, posting, receipts, returns
from capital.services.plans import LinePlan
from funds.models import Notice
from tests.integration.capital.story import NOW, Story, fresh, state, status
from tests.integration.capital.test_residuals import settle, short_by
from tests.support.invariants import violations
from tests.support.race import Gate, failures, together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Workers are not woken here."""
    monkeypatch.setattr(calls, "nudge", lambda: None)


def codes(answers) -> list[str]:
    """The codes of the refusals; an error that is none goes through and fails the test."""
    for error in failures(answers):
        if not isinstance(error, Conflict):
            raise error
    return [error.code for error in failures(answers)]


def capital_of(row):
    return fresh(row).capital


# ---------------------------------------------------------------- paying


def test_fifty_payers_on_one_call():
    story = Story(committed=("1000.00",) * 50)
    allocation = story.allocate("500.00")
    call = story.call(allocation, "500.00")
    items = list(call.items.order_by("pk"))
    answers = together(partial(story.pay_item, item, "10.00") for item in items)
    assert codes(answers) == []
    assert Payment.objects.count() == 50
    assert (capital_of(call).paid, status(call)) == (500, "fully_funded")
    assert (capital_of(allocation).funded, state(allocation)) == (500, "funded")


def test_fifty_payers_who_each_settle_everything():
    """All pay the whole call: one is in time, and nothing of the others is taken."""
    story = Story(committed=("1000.00",) * 3)
    call = story.issued("99.00")
    answers = together(partial(story.pay, call, "99.00") for _ in range(50))
    assert codes(answers) == ["payment.over_call"] * 49
    assert (capital_of(call).paid, status(call)) == (99, "fully_funded")
    assert story.fund.receipts.count() == 1


def test_fifty_times_sixty_per_cent_of_one_item():
    story = Story(committed=("1000.00", "1000.00"))
    item = story.issued("200.00").items.first()
    answers = together(partial(story.pay_item, item, "60.00") for _ in range(50))
    assert codes(answers) == ["payment.over_item"] * 49
    assert capital_of(item).paid == 60
    assert story.fund.receipts.count() == 1, "the money of the refused was never received"


@pytest.mark.usefixtures("no_locks_of_services")
def test_forgetting_the_locks_of_the_services_does_not_help(monkeypatch):
    """The same with the services' own locks switched off: the rails let exactly one through."""
    story = Story(committed=("1000.00", "1000.00"))
    item = story.issued("200.00").items.first()
    gate = Gate(10)
    meet_before(monkeypatch, posting, "_insert", gate)
    answers = together(partial(story.pay_item, item, "60.00") for _ in range(10))
    assert set(codes(answers)) == {"payment.over_item"}
    assert len(codes(answers)) == 9
    assert capital_of(item).paid == 60


def test_two_last_payments_on_two_items_leave_the_call_funded():
    story = Story(committed=("1000.00",) * 3)
    allocation = story.allocate("30.00")
    call = story.call(allocation, "30.00")
    first, *last = call.items.order_by("pk")
    story.pay_item(first, "10.00")
    answers = together(partial(story.pay_item, item, "10.00") for item in last)
    assert codes(answers) == []
    assert (status(call), state(allocation)) == ("fully_funded", "funded")


@pytest.mark.usefixtures("no_locks_of_services")
@pytest.mark.parametrize(("locked", "then"), [(True, "fully_funded"), (False, "partially_funded")])
def test_two_last_payments_blind_to_each_other(monkeypatch, locked, then):
    """Written before either sees the other: what answers for the states locks the call, so that the second one counts
    both. Without that lock each believes the other item is still open, and the test notices."""
    story = Story(committed=("1000.00",) * 3)
    call = story.issued("30.00")
    first, *last = call.items.order_by("pk")
    story.pay_item(first, "10.00")
    meet_before(monkeypatch, posting, "settle_after", Gate(2))
    meet_before(monkeypatch, posting, "settle_after", Gate(2), after=True)
    with nullcontext() if locked else without_locks("states_to_move"):
        answers = together(partial(story.pay_item, item, "10.00") for item in last)
    assert codes(answers) == []
    assert (capital_of(call).paid, status(call)) == (30, then)


@pytest.mark.parametrize("locked", [True, False])
def test_one_bank_transaction_twenty_times(monkeypatch, locked):
    """All are answered with the one payment. Without the lock most are refused instead: the test would notice."""
    story = Story(committed=("1000.00", "1000.00"))
    item = story.issued("200.00").items.first()
    meet_before(monkeypatch, posting, "_under_locks", Gate(20), after=True)
    with nullcontext() if locked else without_locks("items_to_pay"):
        answers = together(partial(story.pay_item, item, "60.00", tx_ref="TX-1") for _ in range(20))
    assert Payment.objects.count() == 1
    assert story.fund.receipts.count() == 1
    assert (codes(answers) == []) is locked
    if locked:
        assert {answer.pk for answer in answers} == {Payment.objects.get().pk}


def test_cash_for_two_calls_is_applied_while_others_pay_them():
    """Items of both calls are locked before either call is: whoever pays the second meanwhile waits its turn."""
    story = Story(committed=("10000.00", "10000.00"))
    allocation = story.allocate("2000.00")
    both = [story.call(allocation, "400.00"), story.call(allocation, "400.00")]
    mine, theirs = zip(*(call.items.order_by("pk") for call in both), strict=True)
    cash = [story.receive("20.00") for _ in range(8)]
    splits = [(item.pk, "10.00") for item in mine]
    appliers = [partial(story.apply, receipt, *splits[:: (-1) ** turn]) for turn, receipt in enumerate(cash)]
    payers = [partial(story.pay_item, item, "10.00") for item in (*theirs, *mine) for _ in range(4)]
    assert codes(together([*appliers, *payers])) == []
    assert [capital_of(call).paid for call in both] == [160, 160]
    assert capital_of(allocation).funded == 320


def test_in_another_order_they_deadlock(monkeypatch):
    """The control of the test above: call by call, each settled before the next one's items are locked."""
    story = Story(committed=("10000.00",))
    allocation = story.allocate("2000.00")
    both = [story.call(allocation, "400.00"), story.call(allocation, "400.00")]
    items = [call.items.get() for call in both]
    receipt = story.receive("20.00")
    gate = Gate(2, seconds=2)

    def call_by_call(fund, amounts):
        return [(call, [part]) for call, part in zip(both, amounts, strict=True)]

    def insert_and_settle(call, parts, receipt, **rest):
        made = payments.insert_payments(call, parts, receipt, **rest)
        payments.settle_after(made, "receive_payment", ctx=rest["ctx"])
        gate.meet()
        return made

    monkeypatch.setattr(receipts, "_by_call", call_by_call)
    monkeypatch.setattr(receipts, "insert_payments", insert_and_settle)
    meet_before(monkeypatch, posting, "settle_after", gate)
    answers = together(
        [
            partial(story.apply, receipt, *[(item.pk, "10.00") for item in items]),
            partial(story.pay_item, items[1], "10.00"),
        ]
    )
    assert [type(error) for error in failures(answers)] == [Busy]


def test_one_receipt_is_applied_by_two():
    story = Story(committed=("1000.00", "1000.00"))
    items = list(story.issued("200.00").items.order_by("pk"))
    receipt = story.receive("60.00")
    answers = together(partial(story.apply, receipt, (item.pk, "50.00")) for item in items)
    assert codes(answers) == ["receipt.exceeded"]
    assert capital_of(receipt).unapplied == 10


# ---------------------------------------------------------------- calling


def test_managers_creating_calls_at_once():
    """Eight call 30.00 of 100.00: three are issued, under three numbers, and the deal is never over-called."""
    story = Story(committed=("1000.00", "1000.00"))
    allocation = story.allocate("100.00")
    answers = together(partial(story.call, allocation, "30.00") for _ in range(8))
    assert codes(answers) == ["allocation.over_called"] * 5
    numbers = list(CapitalCall.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3]
    assert (capital_of(allocation).called, state(allocation)) == (90, "partially_called")


def test_drafts_changed_and_written_at_once_keep_their_numbers_apart():
    story = Story(committed=("1000.00", "1000.00"))
    allocation = story.allocate("1000.00")
    plan = story.plan("10.00", lines=[LinePlan("investment", Decimal("10.00"), allocation.pk)])
    drafts = [calls.draft_call(plan=plan, ctx=WriteContext(story.manager, NOW)) for _ in range(4)]
    change = [
        partial(calls.change_draft, call_id=draft.pk, plan=plan, ctx=WriteContext(story.manager, NOW))
        for draft in drafts
    ]
    write = [partial(calls.draft_call, plan=plan, ctx=WriteContext(story.manager, NOW)) for _ in range(4)]
    assert codes(together([*change, *write])) == []
    assert sorted(CapitalCall.objects.values_list("number", flat=True)) == list(range(1, 9))
    assert allocation.call_lines.values("seq_no").distinct().count() == 8


def test_partners_are_not_called_beyond_their_commitment_by_two_at_once():
    story = Story(committed=("100.00",))
    drafts = [story.draft("60.00") for _ in range(4)]
    issue = [
        partial(calls.issue_call, call_id=one.pk, ctx=WriteContext(story.manager, NOW)) for one in drafts
    ]
    assert codes(together(issue)) == ["call.exceeds_uncalled"] * 3
    assert capital_of(story.partners[0]).unfunded == 40


@pytest.mark.parametrize("locked", [True, False])
def test_a_call_approved_twice_at_once(monkeypatch, locked):
    """The second finds it approved. Without the lock both go ahead, and a rail has to stop one."""
    story = Story(committed=("1000.00", "1000.00"))
    call = calls.submit_call(call_id=story.draft("100.00").pk, ctx=WriteContext(story.manager, NOW))
    if not locked:
        monkeypatch.setattr(calls, "lock_with_partners", lambda by, call_id: call_of(by, call_id))
    meet_before(monkeypatch, calls, "lock_with_partners", Gate(2), after=True)
    people = [story.manager, story.second]
    answers = together(
        partial(calls.approve_call, call_id=call.pk, ctx=WriteContext(one, NOW)) for one in people
    )
    assert len(failures(answers)) == 1
    assert (codes(answers) == ["transition.not_allowed"]) is locked
    assert Notice.objects.count() == 2


def test_approving_what_was_seen_against_a_draft_worked_over():
    """Whoever comes first: the amount that was seen is issued, or nothing is and the approver looks again."""
    story = Story(committed=("1000.00", "1000.00"))
    seen = set()
    for _ in range(4):
        call = calls.submit_call(call_id=story.draft("100.00").pk, ctx=WriteContext(story.manager, NOW))
        answers = together(
            [
                partial(work_over, story, call, "90.00"),
                partial(calls.approve_call, call_id=call.pk, revision=1, ctx=WriteContext(story.second, NOW)),
            ]
        )
        now = fresh(call)
        seen.add((now.status, now.total_amount, *codes(answers)))
    assert seen <= {
        ("sent", Decimal(100), "transition.not_allowed"),
        ("pending_approval", Decimal(90), "stale_version"),
        ("pending_approval", Decimal(90), "transition.not_allowed"),
    }


def work_over(story, call, total):
    """Sent back, changed and submitted again."""
    who = {"call_id": call.pk, "ctx": WriteContext(story.manager, NOW)}
    calls.send_back_call(reason="Less", **who)
    calls.change_draft(plan=story.plan(total), **who)
    return calls.submit_call(**who)


# ---------------------------------------------------------------- taking back


def test_cancelling_against_paying():
    """Whoever comes first, the call is either cancelled with nothing on it or paid."""
    story = Story(committed=("1000.00", "1000.00"))
    seen = set()
    for _ in range(6):
        call = story.issued("20.00")
        item = call.items.first()
        answers = together([partial(story.cancel, call), partial(story.pay_item, item, "10.00")])
        assert len(codes(answers)) == 1
        seen.add((status(call), capital_of(call).paid))
    assert seen <= {("cancelled", 0), ("partially_funded", 10)}


@pytest.mark.usefixtures("no_locks_of_services")
def test_cancelling_what_is_being_paid_waits_and_then_refuses(monkeypatch):
    """Past the services' own locks the state machine of the database stands."""
    story = Story(committed=("1000.00", "1000.00"))
    call = story.issued("20.00")
    gate = Gate(2)
    meet_before(monkeypatch, calls, "fire", gate)
    meet_before(monkeypatch, posting, "settle_after", gate)
    answers = together([partial(story.cancel, call), partial(story.pay_item, call.items.first(), "10.00")])
    assert len(failures(answers)) == 1
    assert (status(call), capital_of(call).paid) in {("cancelled", 0), ("partially_funded", 10)}


@pytest.mark.parametrize("move", ["issue", "cancel"])
def test_what_comes_to_be_carried_at_once_is_asked_for(monkeypatch, move):
    """The wire of a carried residual bounced, and comes anew while a call is issued or cancelled."""
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    paid = item.payments.get()
    story.reverse(paid)
    lines = [LinePlan("other", Decimal(1000))]
    following = [story.draft("1000", lines=lines)]
    if move == "cancel":
        following = [story.issue(following[0]), story.issued("1000", lines=lines)]
    gate = Gate(2)
    meet_before(monkeypatch, incoming, "keep_letters_to_what_is_carried", gate)
    meet_before(monkeypatch, calls, "move_allocations", gate)
    doings = [partial(getattr(story, move), following[0]), partial(story.pay_item, item, paid.amount)]
    assert codes(together(doings)) == []
    assert CallItemCapital.objects.get(pk=item.pk).carried_to_id == following[-1].pk
    assert violations() == []


def test_one_payment_reversed_by_many():
    story = Story(committed=("1000.00", "1000.00"))
    call = story.issued("20.00")
    payment = story.pay_item(call.items.first(), "10.00")
    answers = together(partial(story.reverse, payment) for _ in range(10))
    assert codes(answers) == ["reversal.exists"] * 9
    assert (capital_of(call).paid, status(call)) == (0, "sent")


def test_reversing_against_paying():
    """One bounces while others pay: the states are those of the sums, whoever came first."""
    story = Story(committed=("1000.00",) * 3)
    allocation = story.allocate("300.00")
    call = story.call(allocation, "300.00")
    first, second, third = call.items.order_by("pk")
    paid = story.pay_item(first, "100.00")
    answers = together(
        [
            partial(story.reverse, paid),
            partial(story.pay_item, second, "100.00"),
            partial(story.pay_item, third, "40.00"),
            partial(story.pay_item, third, "60.00"),
        ]
    )
    assert codes(answers) == []
    assert (capital_of(call).paid, status(call)) == (200, "partially_funded")
    assert (capital_of(allocation).funded, state(allocation)) == (200, "called")


def test_a_receipt_is_sent_back_once():
    story = Story(committed=("1000.00",))
    receipt = story.receive("60.00")
    give_back = partial(
        returns.return_receipt,
        receipt_id=receipt.pk,
        amount="60.00",
        value_date=date(2026, 3, 1),
        reason="Sent twice",
        ctx=WriteContext(story.manager, NOW),
    )
    assert codes(together([give_back] * 5)) == ["receipt.exceeded"] * 4
    assert capital_of(receipt).unapplied == 0


# ---------------------------------------------------------------- switches


@pytest.fixture
def no_locks_of_services(monkeypatch):
    """The services as if nobody had thought of others: every select_for_update is a plain read, and so is what they
    ask of the database in one statement."""
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda rows, **_: rows)
    with without_locks("items_to_pay"):
        yield


def meet_before(monkeypatch, place, name, gate, *, after=False):
    """All racers meet at the gate before (or after) this function."""
    original = getattr(place, name)

    def wrapped(*args, **kwargs):
        if not after:
            gate.meet()
        answer = original(*args, **kwargs)
        if after:
            gate.meet()
        return answer

    monkeypatch.setattr(place, name, wrapped)
