"""Managers are told by mail what began to wait for them, once; and what nobody decides for thirty days is over."""

from datetime import date, datetime, timedelta

import pytest

from blackgem.lib.approvals import all_rows
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from capital.services import calls, reversals
from funds.models import WarningMail
from funds.services.approver_mails import tell_approvers
from funds.services.controls import approve_change, reject_change
from funds.services.nav import enter_nav
from tests.factories import MembershipFactory
from tests.integration.capital.story import NOW, Story
from tests.support.race import together

pytestmark = pytest.mark.django_db
LIVES = timedelta(days=30)
LATER = NOW + LIVES + timedelta(seconds=1)


def mails() -> list[tuple[str, str]]:
    """Who was written to since the last time, and about what."""
    found = list(WarningMail.objects.order_by("pk").values_list("recipient", "subject"))
    WarningMail.objects.all().delete()
    return found


def test_who_decides_is_told_of_what_is_new_and_nobody_else():
    story = Story(four_eyes=True)
    analyst = MembershipFactory(fund=story.fund, role="analyst").user
    story.approve(story.issued())
    mails()
    assert tell_approvers(at=NOW) == 0
    asked = [
        enter_nav(fund_id=story.fund.pk, as_of=date(2026, 1, day), amount="9.00", ctx=by(story))
        for day in (1, 2)
    ]
    assert tell_approvers(at=NOW) == 1
    body = WarningMail.objects.get().body
    assert ("2 changes to decide" in body, "9.00" in body, "/approvals/" in body) == (True, False, True)
    assert mails() == [(story.second.email, "2 things wait for your decision")]
    assert tell_approvers(at=NOW) == 0
    reject_change(change_id=asked[0].pk, ctx=by(story))
    assert (tell_approvers(at=NOW), mails()) == (0, [])
    enter_nav(
        fund_id=story.fund.pk, as_of=date(2026, 1, 3), amount="9.00", ctx=WriteContext(story.second, NOW)
    )
    story.issued()
    assert tell_approvers(at=NOW) == 2
    assert sorted(mails()) == sorted(
        (who.email, "1 thing waits for your decision") for who in (story.manager, story.second)
    )
    story.fund.memberships.filter(user=story.second).update(role="auditor")
    enter_nav(fund_id=story.fund.pk, as_of=date(2026, 1, 4), amount="9.00", ctx=by(story))
    assert (tell_approvers(at=NOW), mails()) == (0, [])
    assert analyst.email not in {who for who, _ in mails()}


def by(story, at: datetime = NOW) -> WriteContext:
    return WriteContext(story.manager, at)


@pytest.mark.django_db(transaction=True)
def test_two_turns_at_once_write_one_mail():
    story = Story(four_eyes=True)
    story.issued()
    _ = story.second
    together([lambda: tell_approvers(at=NOW)] * 2)
    assert WarningMail.objects.get().recipient == story.second.email


def test_what_nobody_decided_for_thirty_days_is_asked_for_again(settings):
    """A request of each way to keep one: a change, a payment to take back, a call."""
    settings.REQUEST_DAYS = LIVES.days
    story = Story(four_eyes=True)
    waits = story.issued(due_date=date(2026, 6, 1))
    call = story.approve(story.issued())
    payment = story.pay_item(call.items.first(), "10.00")
    asked = story.reverse(payment)
    change = enter_nav(fund_id=story.fund.pk, as_of=date(2026, 1, 1), amount="9.00", ctx=by(story))
    late = WriteContext(story.second, LATER)
    for approve in (
        lambda: approve_change(change_id=change.pk, ctx=late),
        lambda: reversals.approve_reversal(reversal_id=asked.pk, ctx=late),
        lambda: calls.approve_call(call_id=waits.pk, ctx=late),
    ):
        with pytest.raises(Conflict) as refused:
            approve()
        assert refused.value.code == "request.expired"
    rows = all_rows(story.second, LATER)
    offers = {
        key: row.approve.refusal.code
        for key in ("control_changes", "reversals", "calls")
        for row in rows[key]
    }
    assert set(offers.values()) == {"request.expired"}
    approve_change(change_id=change.pk, ctx=WriteContext(story.second, NOW + LIVES))
    assert story.fund.nav_entries.exists()
