"""A residual that is carried stays owed, and one letter asks for it: that of the call with which it is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.money import format_money
from capital.models import (
    CallItemCapital,
    CapitalCall,
    CommitmentCapital,
)
from capital.services import calls, settlements
from capital.services.plans import LinePlan
from dashboard.queries.overview import overdue
from funds.models import Notice, NoticeDelivery
from funds.queries.letter_states import with_letter_states
from funds.services.rendering import letter_html, render_next
from tests.factories import ContactFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY
from tests.integration.capital.test_residuals import CURRENCIES, settle, short_by
from tests.support.invariants import violations
from tests.support.pages import text_of
from tests.support.statements import statement_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_carried_residual_is_due_with_the_next_call(currency):
    called, charge, limit = CURRENCIES[currency]
    story, _, call, item = short_by(called, charge, limit, currency=currency)
    before = CommitmentCapital.objects.values().get(pk=item.commitment_id)
    settle(story, item, "carried")
    charge, later = Decimal(charge), NOW + timedelta(days=70)

    def due():
        row = CallItemCapital.objects.get(pk=item.pk)
        assert (row.called, row.outstanding) == (item.amount, charge)
        return row.status, row.due_on, row.carried_to_id

    assert due() == ("carried", None, None)
    assert CommitmentCapital.objects.values().get(pk=item.commitment_id) == before
    assert not CapitalCall.objects.overdue(at=later).exists()
    assert overdue(story.manager, at=later) == []
    with pytest.raises(Conflict):
        settle(story, item, "carried")
    plain = [LinePlan("other", Decimal(1000))]
    withdrawn = story.issued("1000", lines=plain)
    assert due() == ("partial", withdrawn.due_date, withdrawn.pk)
    letter = Notice.objects.get(subject_id=withdrawn.pk, commitment=item.commitment_id)
    assert [Decimal(one["amount"]) for one in letter.facts["carried"]] == [charge]
    story.cancel(withdrawn)
    letter.facts["cancelled"] = {"on": TODAY.isoformat(), "reason": ""}
    assert f"{format_money(charge, currency)} carried to it from capital call 1 are not" in letter_html(
        letter
    )
    assert due() == ("carried", None, None)
    following = story.issued("1000", lines=plain, due_date=date(2026, 4, 30))
    assert due() == ("partial", date(2026, 4, 30), following.pk)
    letters = {one.commitment_id: one.facts for one in Notice.objects.filter(subject_id=following.pk)}
    mine = letters.pop(item.commitment_id)
    assert [one["number"] for one in mine["carried"]] == [call.number]
    assert Decimal(mine["due"]) == Decimal(mine["amount"]) + charge
    assert all("due" not in facts for facts in letters.values())
    assert set(CapitalCall.objects.overdue(at=later)) == {call, following}
    story.pay_item(item, charge)
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    assert violations() == []


def test_what_was_carried_may_be_waived_and_a_bounced_wire_is_due_as_it_was():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    paid = item.payments.get()
    story.reverse(paid)
    row = CallItemCapital.objects.get(pk=item.pk)
    assert (row.status, row.due_on, row.outstanding) == ("pending", call.due_date, item.amount)
    story.pay_item(item, paid.amount)
    assert CallItemCapital.objects.get(pk=item.pk).status == "carried"
    settle(story, item, "waived")
    assert CallItemCapital.objects.get(pk=item.pk).status == "paid"
    assert violations() == []


@pytest.mark.parametrize("later", ["waived", "expensed", "bounced", "paid"])
def test_one_letter_asks_for_what_was_carried(later):
    """The letter of the next call asks for it while it is due with that call, and says so no longer afterwards."""
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    following = story.issued("1000", lines=[LinePlan("other", Decimal(1000))])

    def newest():
        mine = Notice.objects.filter(subject_id=following.pk, commitment=item.commitment_id)
        letter = mine.order_by("-version").first()
        return letter.version, [one["number"] for one in letter.facts.get("carried", [])]

    assert newest() == (1, [call.number])
    paid = item.payments.get()
    if later == "paid":
        story.pay_item(item, "15.00")
        assert newest() == (1, [call.number])
    elif later == "bounced":
        story.reverse(paid)
        assert newest() == (2, [])
        story.pay_item(item, paid.amount)
        assert newest() == (3, [call.number])
    else:
        settle(story, item, later)
        assert newest() == (2, [])
    others = Notice.objects.filter(subject_id=following.pk).exclude(commitment=item.commitment_id)
    assert {one.version for one in others} == {1}
    assert violations() == []


def test_where_its_call_is_cancelled_the_letter_of_the_one_after_it_asks():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    cancelled, later = (story.issued("1000", lines=[LinePlan("other", Decimal(1000))]) for _ in range(2))
    story.cancel(cancelled)
    assert CallItemCapital.objects.get(pk=item.pk).carried_to_id == later.pk
    letter = Notice.objects.get(subject_id=later.pk, commitment=item.commitment_id, version=2)
    assert letter.facts["carried"] == [{"number": call.number, "amount": "15.00"}]
    assert "please pay only what is still outstanding" in letter_html(letter)
    assert violations() == []


def test_a_next_version_takes_the_place_of_its_own_letter_in_the_queue_and_of_no_other():
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    for partner in story.partners:
        ContactFactory(investor=partner.investor)
    settle(story, item, "carried")
    following = story.issued("1000", lines=[LinePlan("other", Decimal(1000))])
    calls.send_notices(call_id=following.pk, confirmed=True, ctx=WriteContext(story.manager, NOW))
    story.reverse(item.payments.get())
    waiting = NoticeDelivery.objects.filter(notice__subject_id=following.pk, state="queued")
    queued = waiting.order_by("notice__commitment").values_list("notice__commitment", "notice__version")
    assert list(queued) == [(one.pk, 2 if one.pk == item.commitment_id else 1) for one in story.partners]


def test_a_letter_asks_for_all_that_is_carried_and_is_paid_with_the_last_of_it():
    """Of the residual a part was paid before the next call asked for the rest, and that payment bounced."""
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    part = story.pay_item(item, "5.00")
    following = story.issued("1000", lines=[LinePlan("other", Decimal(1000))])
    [asked] = following.items.filter(commitment=item.commitment_id)

    def newest():
        letter = with_letter_states(Notice.objects.filter(item_id=asked.pk)).latest("version")
        return letter.version, [one["amount"] for one in letter.facts["carried"]], letter.letter_state

    assert newest() == (1, ["10.00"], "live")
    story.reverse(part)
    assert newest() == (2, ["15.00"], "live")
    story.pay_item(asked, asked.amount)
    assert newest() == (2, ["15.00"], "live")
    story.pay_item(item, "5.00")
    assert newest() == (2, ["15.00"], "live")
    story.pay_item(item, "10.00")
    assert newest() == (2, ["15.00"], "paid")
    assert violations() == []


def test_a_wire_that_comes_short_again_is_settled_again():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    for charge in ("15.00", "20.00"):
        settle(story, item, "carried")
        with pytest.raises(Conflict) as refused:
            settle(story, item, "carried")
        assert refused.value.code == "residual.carried"
        story.reverse(item.payments.filter(reversed_by_payment=None, reverses=None).get())
        story.pay_item(item, item.amount - Decimal(charge) - 5)
    settle(story, item, "carried")
    assert CallItemCapital.objects.get(pk=item.pk).status == "carried"
    settle(story, item, "waived")
    assert CapitalCall.objects.get(pk=call.pk).status == "fully_funded"
    assert violations() == []


def test_a_statement_says_with_which_call_the_residual_is_due():
    story, _, call, item = short_by("100000.00", "15.00", "25.00")
    carried_at, ends = datetime(2026, 4, 2, 9, tzinfo=UTC), datetime(2026, 5, 30, 9, tzinfo=UTC)
    ctx = WriteContext(story.manager, carried_at)
    settlements.settle_residual(
        item_id=item.pk, kind="carried", effective_on=date(2026, 3, 31), reason="Charges", ctx=ctx
    )
    plan = story.plan("1000.00", call_date=date(2026, 5, 1), due_date=date(2026, 5, 20))
    ctx = WriteContext(story.manager, datetime(2026, 5, 1, 9, tzinfo=UTC))
    following = calls.issue_call(call_id=calls.draft_call(plan=plan, ctx=ctx).pk, ctx=ctx)

    def due_by(*day):
        shown = statement_of(item.commitment.investor, story.fund.pk, as_of=date(2026, *day), at=ends)
        [line] = [one for one in shown.statement.calls if one.call.number == call.number]
        return line.due_on, shown.changed_at

    assert due_by(3, 30)[0] == call.due_date
    assert due_by(3, 31) == (None, (carried_at,))
    assert due_by(4, 30)[0] is None
    assert due_by(5, 30)[0] == CallItemCapital.objects.get(pk=item.pk).due_on == following.due_date
    story.pay_item(item, "15.00")
    assert due_by(5, 30)[0] == call.due_date


def test_an_investor_reads_that_its_residual_was_carried(client, quick):
    story, _, _, item = short_by("100000.00", "15.00", "25.00")
    settle(story, item, "carried")
    reader = ContactFactory(investor=item.commitment.investor, user=UserFactory()).user
    client.force_login(reader)
    for page in (reverse("portal:call", args=[item.public_id]), reverse("portal:call_list")):
        told = text_of(client.get(page))
        assert "Carried to the next call" in told
        assert "With your next call" in told
        assert "Overdue" not in told.partition("Figures are as of")[0], "what words mean stands beneath"
    assert "With the next call" in text_of(client.get(reverse("portal:statement")))
    following = story.issued("1000", lines=[LinePlan("other", Decimal(1000))])
    [asked] = following.items.filter(commitment=item.commitment)
    calls.send_notices(call_id=following.pk, confirmed=True, ctx=WriteContext(story.manager, NOW))
    page = reverse("portal:call", args=[asked.public_id])
    while render_next(at=timezone.now()):
        pass
    assert "Carried from call 1 $15.00 asked for with this call" in text_of(client.get(page))
    story.cancel(following)
    assert "asked for with this call" not in text_of(client.get(page))
    settle(story, item, "expensed")
    told = text_of(client.get(reverse("portal:call", args=[item.public_id])))
    assert "Bank charges, borne by the fund" in told
