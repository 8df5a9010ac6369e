"""A partner in default: the published example to the cent, what counts as capital, who decides, and its letter."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.utils.html import strip_tags

from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from capital.models import CallItemCapital, CapitalCall, CommitmentCapital
from capital.services import calls, excuses, payments
from closings.models import Default, DefaultRemedy, RefundCapital
from closings.queries.defaults import accrued_of, cured_on, owed_of
from closings.services import defaults, refunds, remedies, withdrawals
from closings.services.defaults import DefaultTerms
from funds.models import CapitalTransaction, Notice
from funds.services.rendering import letter_html
from tests.integration.capital.test_as_of import rows_of
from tests.integration.closings.default_story import (
    CALLED_ON,
    CURE_BY,
    DUE,
    LATER,
    NOTICE,
    PAID,
    DefaultStory,
    money,
)
from tests.integration.closings.story import ClosingStory
from tests.support.invariants import violations

pytestmark = pytest.mark.django_db


def accounts(story) -> dict:
    return rows_of(CommitmentCapital.objects.filter(fund=story.fund))


def test_notice_interest_and_cure_to_the_cent():
    story = DefaultStory()
    before = accounts(story)

    default = story.notice()
    assert (default.number, default.due_on, default.approved_at is not None) == (1, DUE, True)
    assert accounts(story) == before
    [letter] = Notice.objects.filter(subject_id=story.asked.pk, item_id=story.item.pk, version=2)
    told = " ".join(strip_tags(letter_html(letter)).replace("\xa0", " ").split())
    assert "Notice of default" in told
    assert "200,000.00 is not paid. You are in default on it" in told
    assert "273.97 by the date of this notice" in told
    assert not Notice.objects.filter(subject_id=story.asked.pk, version=2).exclude(pk=letter.pk).exists()
    with pytest.raises(Conflict, match="was given"):
        story.notice()
    assert accrued_of(default, NOTICE).total == D("273.97")
    assert cured_on(default, owed_of(default, PAID)) is None

    story.cure()
    assert cured_on(default, owed_of(default, PAID)) == PAID
    assert accrued_of(default, PAID + timedelta(days=30)).due == D("1917.81")
    paid = accounts(story)
    remedy = story.interest(default)
    assert (remedy.amount, remedy.approved_at is not None) == (D("1917.81"), True)
    assert story.amounts(remedy.refunds.all()) == money(A="1169.40", B="701.64", GP="46.77")
    with pytest.raises(Conflict, match="No interest"):
        story.interest(default)

    # It is owed by C alone, and in no figure of capital: not when it is asked for, paid, nor passed on.
    call = remedy.asked.call
    assert [(one.commitment_id, one.amount) for one in call.items.all()] == [(story.c.pk, D("1917.81"))]
    with pytest.raises(Conflict):
        remedies.pay_interest_on(remedy_id=remedy.pk, value_date=PAID, ctx=story.ctx(PAID))
    story.pay(call, LATER)
    out = remedies.pay_interest_on(remedy_id=remedy.pk, value_date=LATER, ctx=story.ctx(LATER))
    assert len(out) == 3
    assert accounts(story) == paid
    rows = CapitalTransaction.objects.filter(fund=story.fund, passed_on=True)
    assert sum(rows.values_list("amount", flat=True)) == 0
    assert set(rows.values_list("type", flat=True)) == {"CONDUIT_INTEREST"}
    assert violations() == []

    # What was paid out is taken back, and the call of the interest only after it.
    with pytest.raises(Conflict):
        calls.cancel_call(call_id=call.pk, reason="Wrong", ctx=story.ctx(LATER))
    for one in out:
        refunds.request_refund_reversal(
            payout_id=one.pk, reason="Bounced", bounced=False, ctx=story.ctx(LATER)
        )
    assert set(RefundCapital.objects.filter(refund__remedy=remedy).values_list("paid_out", flat=True)) == {0}
    assert violations() == []


def test_part_payments_costs_and_whose_the_interest_is():
    story = DefaultStory(committed=("5000000.00", "3000000.00", "4000000.00", "200000.00"))
    default = story.notice(interest_to="fund")
    remedy = story.interest(default, day=PAID, costs="200.00")
    assert (remedy.amount, remedy.refunds.count()) == (D("1917.81"), 0)
    first = DefaultStory()
    default = first.notice()
    early = first.interest(default, day=date(2026, 5, 29), costs="200.00")
    assert early.amount == D("767.12")
    assert sum(early.refunds.values_list("amount", flat=True)) == D("567.12")
    # What accrues later is asked for later; a call that was cancelled asked for nothing.
    first.cure()
    later = first.interest(default)
    assert later.amount == D("1150.69")
    calls.cancel_call(call_id=later.asked.call_id, reason="Another day", ctx=first.ctx(PAID))
    assert first.interest(default).amount == D("1150.69")
    # Costs come out of what was paid first: of a part, nothing is left to pass on.
    [item] = early.asked.call.items.all()
    payments.record_payment(
        item_id=item.pk, amount="150.00", value_date=LATER, method="wire", ctx=first.ctx(LATER)
    )
    assert {one.progress.payable for one in early.refunds.select_related("progress")} == {0}
    assert violations() == []


def test_the_others_are_asked_up_to_their_caps():
    story = DefaultStory()
    allocation = story.deals["D1"]
    default = story.notice()
    with pytest.raises(Conflict):
        story.shortfall(default)  # Nothing more was set aside for the deal than was called.
    story.more_for(allocation, "200000.00")
    remedy = story.shortfall(default)
    assert (remedy.amount, remedy.uncovered) == (D("200000.00"), 0)
    assert story.amounts(remedy.parts.all()) == money(A="121951.22", B="73170.73", GP="4878.05")
    call = CapitalCall.objects.get(default_call__remedy=remedy)
    assert story.amounts(call.items.all()) == money(A="121951.22", B="73170.73", GP="4878.05")
    assert call.lines.get().allocation_id == allocation.pk
    # C owes what it owed.
    assert CallItemCapital.objects.get(item=story.item).outstanding == D("200000.00")
    with pytest.raises(Conflict, match="already"):
        story.shortfall(default)
    assert violations() == []


def test_what_nobody_can_be_asked_for_is_uncovered():
    story = DefaultStory(committed=("5000000.00", "3000000.00", "4000000.00", "200000.00"))
    story.more_for(story.deals["D1"], "200000.00")
    default = story.notice(cap="0.25")
    remedy = story.shortfall(default)
    assert (remedy.amount, remedy.called, remedy.uncovered) == (D("200000.00"), D("102500.00"), D("97500.00"))
    assert story.amounts(remedy.parts.all()) == money(A="62500.00", B="37500.00", GP="2500.00")
    assert violations() == []


def test_who_is_excused_from_the_investment_is_not_asked_in_anothers_place():
    """Although what it contributed to others would let it be asked."""
    story = DefaultStory()
    story.call(CALLED_ON, DUE, ("other", "82000.00"))
    story.more_for(story.deals["D1"], "400000.00")
    line, why = story.asked.lines.get(), {"reason": "Its policy", "ctx": story.ctx(NOTICE)}
    excuses.excuse_partner(line_id=line.pk, commitment_id=story.b.pk, **why)
    remedy = story.shortfall(story.notice(cap="1", cap_base="contributed"))
    assert set(story.amounts(remedy.parts.all())) == {"A", "GP"}
    assert violations() == []


def test_two_persons_where_the_fund_says_so():
    story = DefaultStory(four_eyes=True)
    default = story.notice()
    assert default.approved_at is None
    assert not Notice.objects.filter(subject_id=story.asked.pk, version=2).exists()
    with pytest.raises(Conflict, match="not given"):
        story.interest(default)
    with pytest.raises(Forbidden):
        defaults.approve_default(default_id=default.pk, ctx=story.ctx(NOTICE))
    defaults.approve_default(default_id=default.pk, ctx=story.ctx(NOTICE, story.second))
    remedy = story.interest(default)
    assert not hasattr(DefaultRemedy.objects.get(pk=remedy.pk), "asked")
    with pytest.raises(Forbidden):
        remedies.approve_remedy(remedy_id=remedy.pk, ctx=story.ctx(PAID))
    # A payment dated before it changes what it comes to: it is not made smaller silently.
    story.cure(day=date(2026, 6, 1))
    with pytest.raises(Conflict, match="has changed"):
        remedies.approve_remedy(remedy_id=remedy.pk, ctx=story.ctx(PAID, story.second))
    remedies.reject_remedy(remedy_id=remedy.pk, ctx=story.ctx(PAID, story.second))
    again = story.interest(default)
    remedies.approve_remedy(remedy_id=again.pk, ctx=story.ctx(PAID, story.second))
    assert DefaultRemedy.objects.get(pk=again.pk).asked.call.status == "sent"
    assert violations() == []


def test_what_is_no_default():
    story = DefaultStory()
    with pytest.raises(Conflict, match="not due"):
        story.notice(day=DUE)
    with pytest.raises(InvalidInput):
        story.notice(cure_by=NOTICE - timedelta(days=1))
    with pytest.raises(InvalidInput):
        story.notice(rate="1.5")
    story.cure(NOTICE)
    with pytest.raises(Conflict, match="owed"):
        story.notice(cure_by=CURE_BY)
    assert not Default.objects.exists()


def test_a_later_partner_that_does_not_pay_its_closing_is_in_default():
    """The call that collects is a call: interest on what is late is asked of it, and its refunds wait."""
    story = ClosingStory()
    story.first_two_calls()
    closing = story.second_closing()
    item, due = closing.call.items.get(), closing.pay_on
    told = due + timedelta(days=5)
    default = defaults.request_default(
        item_id=item.pk,
        cure_by=due + timedelta(days=12),
        terms=DefaultTerms(rate="0.10"),
        reason="Clause 6.6",
        ctx=story.ctx(told),
    )
    days, owed = 5, item.amount
    assert accrued_of(default, told).total == round(owed * D("0.10") * days / 365, 2)
    assert RefundCapital.objects.filter(refund__closing=closing, released=0).count() == 3
    story.pay(closing.call, told + timedelta(days=2))
    assert not RefundCapital.objects.filter(refund__closing=closing, payable=0).exists()
    assert violations() == []


def test_a_call_of_another_system_gets_a_first_letter_of_its_default(monkeypatch):
    """Its own letters went out elsewhere, so that this one says nothing of a position that nobody froze."""
    monkeypatch.setattr("capital.notices.write_call_notices", lambda **_: [])
    story = DefaultStory()
    assert not Notice.objects.filter(subject_id=story.asked.pk).exists()
    default = story.notice()
    [letter] = Notice.objects.filter(subject_id=story.asked.pk)
    assert (letter.version, letter.item_id) == (1, story.item.pk)
    told = " ".join(strip_tags(letter_html(letter)).split())
    assert "You are in default on it" in told
    assert "takes the place" not in told
    assert "Your position" not in told
    withdrawals.request_withdrawal(default_id=default.pk, reason="Sent in error", ctx=story.ctx(PAID))
    assert Notice.objects.filter(subject_id=story.asked.pk, item_id=story.item.pk).count() == 2
    assert violations() == []
