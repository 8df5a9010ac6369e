"""Every status of a call against every action: exactly the allowed ones pass, the others move nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from capital.models import CapitalCall
from capital.services import calls, payments, receipts, returns, reversals
from capital.services.plans import LinePlan
from capital.states import CallStatus
from funds.models import FundMembership, NoticeDelivery
from funds.services import partners
from tests.factories import ContactFactory, MembershipFactory, UserFactory
from tests.integration.attacks.unchanged import nothing_written
from tests.integration.capital.story import NOW, TODAY, Story, fresh, state, status
from tests.support.staging import staged

pytestmark = pytest.mark.django_db


@staged
def story():
    return Story(committed=("600.00", "400.00"))


def by(story):
    return {"ctx": WriteContext(story.manager, NOW)}


def in_status(story, wanted) -> CapitalCall:
    """A call of 100.00 brought to a status by services alone."""
    call = story.draft("100.00")
    if wanted == CallStatus.PENDING_APPROVAL:
        calls.submit_call(call_id=call.pk, **by(story))
    elif wanted == CallStatus.CANCELLED:
        story.cancel(call)
    elif wanted != CallStatus.DRAFT:
        calls.issue_call(call_id=call.pk, **by(story))
        if wanted != CallStatus.ISSUED:
            story.pay(call, "100.00" if wanted == CallStatus.FULLY_FUNDED else "30.00", spread="pro_rata")
    assert status(call) == wanted
    return call


ACTIONS = {
    "submit": lambda story, call: calls.submit_call(call_id=call.pk, **by(story)),
    "approve": lambda story, call: calls.approve_call(call_id=call.pk, **by(story)),
    "issue": lambda story, call: calls.issue_call(call_id=call.pk, **by(story)),
    "cancel": lambda story, call: story.cancel(call),
    "change": lambda story, call: calls.change_draft(call_id=call.pk, plan=story.plan("90.00"), **by(story)),
    "delete": lambda story, call: calls.delete_draft(call_id=call.pk, **by(story)),
    "reword": lambda story, call: reword(story, call),
    "send": lambda story, call: calls.send_notices(call_id=call.pk, confirmed=True, **by(story)),
    "pay": lambda story, call: story.pay_item(call.items.first(), "1.00"),
    "pay all": lambda story, call: story.pay(call, "1.00", spread="pro_rata"),
    "apply": lambda story, call: story.apply(story.waiting_cash, (call.items.first().pk, "1.00")),
}
ALLOWED = {
    CallStatus.DRAFT: {"submit", "issue", "cancel", "change", "delete", "send"},
    CallStatus.PENDING_APPROVAL: {"approve", "cancel"},
    CallStatus.ISSUED: {"cancel", "reword", "send", "pay", "pay all", "apply"},
    CallStatus.PARTIALLY_FUNDED: {"reword", "send", "pay", "pay all", "apply"},
    CallStatus.FULLY_FUNDED: {"reword", "send"},
    CallStatus.CANCELLED: set(),
}


def reword(story, call, **changes):
    fields = {
        "purpose": "Closing",
        "purpose_detail": "",
        "due_date": call.due_date + timedelta(days=1),
        **changes,
    }
    return calls.reword_call(call_id=call.pk, **fields, **by(story))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("current", CallStatus.values)
def test_status_against_action(story, current, action):
    call = in_status(story, current)
    story.waiting_cash = story.receive("1.00")
    if action in ALLOWED[current]:
        ACTIONS[action](story, call)
        return
    with nothing_written(), pytest.raises(Conflict):
        ACTIONS[action](story, call)
    assert status(call) == current


def test_an_allocation_called_in_full_takes_no_further_call(story):
    allocation = story.allocate("100.00")
    story.call(allocation, "100.00")
    with nothing_written(), pytest.raises(Conflict):
        story.call(allocation, "0.01")
    assert state(allocation) == "called"


def test_a_draft_on_a_deal_that_was_called_meanwhile_is_not_issued(story):
    allocation = story.allocate("100.00")
    draft = story.draft("60.00", lines=[LinePlan("investment", Decimal("60.00"), allocation.pk)])
    story.call(allocation, "60.00")
    with nothing_written(), pytest.raises(Conflict):
        calls.issue_call(call_id=draft.pk, **by(story))


# ---------------------------------------------------------------- editing past what others saw


def test_a_page_that_is_no_longer_true_changes_nothing(story):
    draft = story.draft("100.00")
    calls.change_draft(call_id=draft.pk, plan=story.plan("90.00"), revision=1, **by(story))
    with nothing_written(), pytest.raises(Conflict) as refused:
        calls.change_draft(call_id=draft.pk, plan=story.plan("80.00"), revision=1, **by(story))
    assert refused.value.code == "stale_version"


def test_a_draft_does_not_change_its_fund(story):
    other = Story(committed=("100.00",))
    draft = story.draft("100.00")
    with nothing_written(), pytest.raises(InvalidInput):
        calls.change_draft(call_id=draft.pk, plan=other.plan("100.00"), **by(story))


def test_a_commitment_is_not_lowered_below_what_was_called(story):
    story.issued("100.00")
    with nothing_written(), pytest.raises((Conflict, InvalidInput)):
        partners.change_commitment(commitment_id=story.partners[0].pk, amount="59.99", **by(story))


def test_issuing_twice_writes_one_set_of_letters(story):
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    call = story.issued("100.00")
    with nothing_written(), pytest.raises(Conflict):
        calls.issue_call(call_id=call.pk, **by(story))
    calls.send_notices(call_id=call.pk, confirmed=True, **by(story))
    with nothing_written():
        assert calls.send_notices(call_id=call.pk, confirmed=True, **by(story)) == 0
    assert NoticeDelivery.objects.count() == 2


# ---------------------------------------------------------------- four eyes


@pytest.fixture
def strict():
    return Story(committed=("600.00", "400.00"), four_eyes=True)


def test_nobody_approves_what_they_submitted(strict):
    call = calls.issue_call(call_id=strict.draft("100.00").pk, **by(strict))
    assert call.status == "pending_approval"
    with nothing_written(), pytest.raises(Forbidden):
        calls.approve_call(call_id=call.pk, **by(strict))


def test_switching_four_eyes_off_does_not_free_what_was_submitted(strict):
    call = calls.submit_call(call_id=strict.draft("100.00").pk, **by(strict))
    strict.fund.four_eyes = False
    strict.fund.save()
    with nothing_written(), pytest.raises(Forbidden):
        calls.approve_call(call_id=call.pk, **by(strict))


def test_nobody_approves_the_reversal_they_asked_for(strict):
    call = calls.submit_call(call_id=strict.draft("100.00").pk, **by(strict))
    calls.approve_call(call_id=call.pk, ctx=WriteContext(strict.second, NOW))
    payment = strict.pay_item(call.items.first(), "10.00")
    asked = strict.reverse(payment)
    with nothing_written(), pytest.raises(Forbidden):
        reversals.approve_reversal(reversal_id=asked.pk, **by(strict))
    reversals.approve_reversal(reversal_id=asked.pk, ctx=WriteContext(strict.second, NOW))
    with nothing_written(), pytest.raises(Conflict):
        reversals.approve_reversal(reversal_id=asked.pk, ctx=WriteContext(strict.second, NOW))
    with nothing_written(), pytest.raises(Conflict):
        reversals.reject_reversal(reversal_id=asked.pk, ctx=WriteContext(strict.second, NOW))


# ---------------------------------------------------------------- reversals


def test_a_reversal_is_not_reversed(story):
    call = story.issued("100.00")
    payment = story.pay_item(call.items.first(), "10.00")
    compensation = story.reverse(payment).compensation
    with nothing_written(), pytest.raises(InvalidInput):
        story.reverse(compensation)
    with nothing_written(), pytest.raises(Conflict):
        story.reverse(payment)


@pytest.mark.parametrize("reason", ["", "   ", None, "x" * 501, "a\x00b", "a\u202eb"])
def test_a_reversal_has_a_reason_that_can_be_read(story, reason):
    payment = story.pay_item(story.issued("100.00").items.first(), "10.00")
    with nothing_written(), pytest.raises(InvalidInput):
        story.reverse(payment, reason=reason)


def test_a_reversed_call_is_cancelled_and_what_it_drew_on_is_free(story):
    allocation = story.allocate("100.00")
    call = story.call(allocation, "100.00")
    payment = story.pay(call, "100.00")[0]
    for paid in fresh(call).payments.filter(amount__gt=0):
        story.reverse(paid)
    story.cancel(call)
    assert (status(call), state(allocation)) == ("cancelled", "committed")
    with nothing_written(), pytest.raises(Conflict):
        story.reverse(payment)


# ---------------------------------------------------------------- who


@pytest.fixture
def people(story):
    """Who may do less: by role, and from outside."""
    found = {role: UserFactory() for role in ("analyst", "auditor", "stranger", "left")}
    for role in ("analyst", "auditor"):
        MembershipFactory(fund=story.fund, user=found[role], role=role)
    MembershipFactory(fund=story.fund, user=found["left"], role=FundMembership.Role.MANAGER)
    found["left"].is_active = False
    found["left"].save()
    return found


def deeds(story):
    """Every service of this app, ready to be done by somebody: deed → function of a person."""
    allocation = story.allocate("500.00")
    draft, issued = story.draft("50.00"), story.issued("100.00")
    waiting = calls.submit_call(call_id=story.draft("10.00").pk, **by(story))
    payment = story.pay_item(issued.items.first(), "10.00")
    receipt = story.receive("5.00")
    item = issued.items.last()
    amount = "1.00"
    return {
        "draft": lambda one: calls.draft_call(plan=story.plan("10.00"), ctx=WriteContext(one, NOW)),
        "change": lambda one: calls.change_draft(
            call_id=draft.pk, plan=story.plan("10.00"), ctx=WriteContext(one, NOW)
        ),
        "submit": lambda one: calls.submit_call(call_id=draft.pk, ctx=WriteContext(one, NOW)),
        "delete": lambda one: calls.delete_draft(call_id=draft.pk, ctx=WriteContext(one, NOW)),
        "issue": lambda one: calls.issue_call(call_id=draft.pk, ctx=WriteContext(one, NOW)),
        "approve": lambda one: calls.approve_call(call_id=waiting.pk, ctx=WriteContext(one, NOW)),
        "cancel": lambda one: calls.cancel_call(call_id=issued.pk, reason="", ctx=WriteContext(one, NOW)),
        "reword": lambda one: calls.reword_call(
            call_id=issued.pk,
            purpose="x",
            purpose_detail="",
            due_date=issued.due_date,
            ctx=WriteContext(one, NOW),
        ),
        "send": lambda one: calls.send_notices(call_id=issued.pk, ctx=WriteContext(one, NOW)),
        "resend": lambda one: calls.resend_notice(item_id=item.pk, ctx=WriteContext(one, NOW)),
        "call": lambda one: calls.call_allocation(
            allocation_id=allocation.pk,
            due_date=TODAY + timedelta(days=14),
            amount=amount,
            ctx=WriteContext(one, NOW),
        ),
        "pay item": lambda one: payments.record_payment(
            item_id=item.pk, value_date=TODAY, method="wire", amount=amount, ctx=WriteContext(one, NOW)
        ),
        "pay": lambda one: payments.pay_call(
            call_id=issued.pk, item_id=item.pk, amount=amount, ctx=WriteContext(one, NOW)
        ),
        "receive": lambda one: receipts.record_receipt(
            fund_id=story.fund.pk, value_date=TODAY, amount=amount, ctx=WriteContext(one, NOW)
        ),
        "apply": lambda one: receipts.apply_receipt(
            receipt_id=receipt.pk, splits=[(item.pk, "1.00")], ctx=WriteContext(one, NOW)
        ),
        "give back": lambda one: returns.return_receipt(
            receipt_id=receipt.pk, value_date=TODAY, reason="x", amount=amount, ctx=WriteContext(one, NOW)
        ),
        "reverse": lambda one: reversals.request_reversal(
            payment_id=payment.pk, reason="x", ctx=WriteContext(one, NOW)
        ),
    }


def test_who_may_not_even_know_of_the_fund_finds_nothing(story, people):
    done = deeds(story)
    with nothing_written():
        answers = {
            (name, who): answer(deed, people[who])
            for name, deed in done.items()
            for who in ("stranger", "left")
        }
    assert set(answers.values()) == {NotFound}, answers


def test_an_auditor_only_looks(story, people):
    done = deeds(story)
    with nothing_written():
        answers = {name: answer(deed, people["auditor"]) for name, deed in done.items()}
    assert set(answers.values()) == {Forbidden}, answers


def test_an_analyst_prepares_and_binds_nothing(story, people):
    done = deeds(story)
    for name in ("draft", "change", "submit", "delete"):
        prepare = done.pop(name)
        assert answer(prepare, people["analyst"]) in (None, Conflict)
    with nothing_written():
        answers = {name: answer(deed, people["analyst"]) for name, deed in done.items()}
    assert set(answers.values()) == {Forbidden}, answers


def answer(deed, person):
    """The refusal's type, or None where the deed was done."""
    try:
        deed(person)
    except DomainError as error:
        return type(error)
    return None


# ---------------------------------------------------------------- what is not there

NOWHERE = [0, -1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, None]


@pytest.mark.parametrize("which", NOWHERE, ids=repr)
def test_what_is_not_there_is_not_found(story, which):
    attempts = {
        "cancel": lambda: calls.cancel_call(call_id=which, reason="", **by(story)),
        "pay": lambda: story.pay_item(type("Item", (), {"pk": which})(), "1.00"),
        "apply": lambda: receipts.apply_receipt(receipt_id=which, splits=[(1, "1.00")], **by(story)),
        "reverse": lambda: story.reverse(type("Payment", (), {"pk": which})()),
        "call": lambda: story.call(type("Allocation", (), {"pk": which})(), "1.00"),
        "draft": lambda: calls.draft_call(plan=story.plan("1.00", fund_id=which), **by(story)),
        "receive": lambda: receipts.record_receipt(
            fund_id=which, amount="1.00", value_date=TODAY, **by(story)
        ),
    }
    with nothing_written():
        for attempt in attempts.values():
            with pytest.raises(NotFound):
                attempt()
