"""What changes after a letter went out is told by the next one; what is outstanding is asked for again, once a step."""

from datetime import UTC, date, datetime, timedelta

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from blackgem.lib.invariants import sweep
from blackgem.models import AuditEvent
from capital.services.calls import reword_call
from capital.services.reminders import remind
from dashboard.queries.letter_work import stuck_letters
from distributions.services import distributions, payouts
from funds.models import Notice
from funds.services.funds import change_fund
from tests.factories import AdminFactory, ContactFactory
from tests.integration.distributions.story import AT_EXIT, ExitStory

from .letters import NOW, deliver_all, deliveries, notices, render_all, send, story, text_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
AUCKLAND = "Pacific/Auckland"


def newest(subject, item) -> Notice:
    letters = Notice.objects.newest(letters_of(subject), subject.pk)
    return letters.select_related("document").get(item_id=item.pk)


def letters_of(subject) -> str:
    return Notice.Kind.CAPITAL_CALL if subject._meta.model_name == "capitalcall" else Notice.Kind.DISTRIBUTION


def mail_all(at=NOW) -> None:
    render_all(at)
    deliver_all(at)


def test_whoever_got_a_letter_is_told_that_its_payment_was_taken_back(mail_server):
    """Once: a later version says how things stand then. Whose letter never left is told nothing."""
    told = story()
    call, unsent = told.issued("100000"), told.issued("10000")
    send(told, call)
    mail_all()
    first = call.items.order_by("pk").first()
    payment = told.pay_item(first, "60000.00")
    told.reverse(payment, money_left=True, at=LATER)
    told.reverse(told.pay_item(unsent.items.order_by("pk").first(), "6000"), at=LATER)
    mail_all(LATER)
    letter = newest(call, first)
    assert (letter.version, letter.facts["undone"]["left"], letter.facts["amount"]) == (
        2,
        True,
        "60000.00",
    )
    text = text_of(bytes(letter.document.content))
    assert "Your payment of $60,000.00, counted on March 1, 2026, was taken back" in text
    assert "$60,000.00 is outstanding by now" in text
    assert "Outstanding from you $60,000.00" in text
    assert [one.version for one in notices(call)] == [1, 2, 1, 1]
    assert [one.version for one in notices(unsent)] == [1, 1, 1]
    assert len(mail_server.to("lp1@example.com")) == 2
    ctx = WriteContext(told.manager, LATER)
    reword_call(
        call_id=call.pk, purpose="Acquisition", purpose_detail="", due_date=date(2026, 3, 20), ctx=ctx
    )
    mail_all(LATER)
    assert "undone" not in newest(call, first).facts
    assert [one.state for one in deliveries(call)] == ["sent"] * 7
    assert not [one for one in sweep() if one.rows]


def test_whoever_got_a_letter_is_told_that_its_payout_came_back(mail_server):
    exit_story = ExitStory()
    partner = exit_story.partners[0]
    ContactFactory(investor=partner.investor, email="lp1@example.com")
    out = exit_story.issue_exit()
    ctx = WriteContext(exit_story.manager, AT_EXIT)
    distributions.send_notices(distribution_id=out.pk, ctx=ctx)
    mail_all(AT_EXIT)
    item = out.items.get(commitment=partner)
    day = exit_story.fund.day_of(AT_EXIT)
    payouts.pay_out(distribution_id=out.pk, item_id=item.pk, value_date=day, method="wire", ctx=ctx)
    payouts.request_payout_reversal(payout_id=item.payouts.get().pk, reason="Account closed", ctx=ctx)
    mail_all(AT_EXIT)
    letter = newest(out, item)
    assert (letter.version, letter.facts["undone"]["came_back"]) == (2, True)
    assert "It is payable to you again. We never ask for bank details by e-mail." in text_of(
        bytes(letter.document.content)
    )
    assert len(mail_server.to("lp1@example.com")) == 2


def test_reminders_follow_the_fund_and_its_own_days(mail_server):
    """In Auckland its eighth of March begins at eleven in the morning of the seventh, by UTC."""
    told = story()
    ctx = WriteContext(told.manager, NOW)
    with pytest.raises(InvalidInput):
        change_fund(fund_id=told.fund.pk, fields={"reminder_days": "weekly"}, ctx=ctx)
    fields = {"reminder_days": "3,-7", "time_zone": AUCKLAND}
    assert change_fund(fund_id=told.fund.pk, fields=fields, ctx=ctx).reminder_days == "-7, 3"
    call = told.issued("100000.00")
    assert remind(at=datetime(2026, 3, 8, tzinfo=UTC)) == 0, "nobody was sent it"
    send(told, call)
    mail_all()
    paid, settles, owes = call.items.order_by("pk")
    told.pay_item(paid, paid.amount)
    told.pay_item(owes, "4000.00")
    begins = datetime(2026, 3, 7, 11, tzinfo=UTC)
    assert remind(at=begins - timedelta(minutes=1)) == 0
    assert remind(at=begins) == 2
    assert remind(at=begins + timedelta(hours=30)) == 0, "once"
    event = AuditEvent.objects.get(verb="send_reminders")
    assert (event.actor, event.changes) == (None, {"reminders": [None, 2], "days_from_due_date": [None, -7]})
    told.pay_item(settles, settles.amount)
    mail_all(begins)
    states = {one.notice.item_id: one.state for one in deliveries(call) if one.notice.version == 2}
    assert states == {settles.pk: "failed", owes.pk: "sent"}
    assert stuck_letters(AdminFactory()) == 0, "it was settled: there is nothing to look at"
    mail = mail_server.to("lp3@example.com")[-1]
    assert mail["Subject"].startswith("Reminder: Capital call notice")
    letter = newest(call, owes)
    text = text_of(bytes(letter.document.content))
    assert "$6,000.00 is outstanding as this is written" in text
    assert "Outstanding from you $6,000.00" in text, "it asks for no more than is owed"
    assert remind(at=datetime(2026, 3, 17, 11, tzinfo=UTC)) == 1
    assert remind(at=datetime(2026, 3, 22, tzinfo=UTC)) == 0
    assert [one.version for one in notices(call)] == [1, 1, 2, 1, 2, 3]
    assert not [one for one in sweep() if one.rows]
