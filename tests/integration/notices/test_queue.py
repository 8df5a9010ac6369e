"""Who is queued for a mail, who is not, and what is taken out again."""

from datetime import date

import pytest

from blackgem.lib.context import WriteContext
from blackgem.lib.mail import Relay
from capital.services import calls
from funds.models import InvestorContact, NoticeDelivery, NoticeRendering
from funds.services import notices as notice_services
from funds.tasks import work_on_next
from tests.factories import ContactFactory, steer_by_two
from tests.integration.capital.story import NOW

from .letters import after, deliver_all, deliveries, render_all, send, states, story

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


def test_sending_queues_one_delivery_per_partner_and_asking_again_none():
    told = story()
    call = told.issued()
    assert (send(told, call), states(call)) == (3, ["queued"] * 3)
    assert (send(told, call), len(deliveries(call))) == (0, 3)
    assert (send(told, call, resend=True), len(deliveries(call))) == (0, 3)


def test_all_contacts_who_take_notices_are_on_one_mail_and_no_others():
    told = story()
    investor = told.partners[0].investor
    ContactFactory(investor=investor, email="counsel@example.com")
    ContactFactory(investor=investor, email="assistant@example.com", takes_notices=False)
    call = told.issued()
    send(told, call)
    assert deliveries(call)[0].recipients == ["lp1@example.com", "counsel@example.com"]


def test_an_investor_without_such_a_contact_is_shown_as_failed_never_dropped():
    told = story()
    steer_by_two(InvestorContact.objects.get(investor=told.partners[1].investor), takes_notices=False)
    call = told.issued()
    assert send(told, call) == 2
    assert states(call) == ["queued", "failed", "queued"]
    assert (
        deliveries(call)[1].failure
        == "No contact of this investor takes notices. Add one on its page, then send this again."
    )
    ContactFactory(investor=told.partners[1].investor, email="new@example.com")
    assert send(told, call) == 1
    assert (deliveries(call)[2].state, deliveries(call)[2].round) == ("queued", 2)


def test_each_round_has_a_message_id_of_its_own(mail_server):
    told = story(("100000.00",))
    call = told.issued()
    send(told, call)
    render_all()
    deliver_all()
    assert send(told, call, resend=True) == 1
    first, second = deliveries(call)
    assert first.message_id != second.message_id
    assert second.message_id.startswith(f"<{first.notice.public_id.hex}.2.")
    assert second.message_id.endswith("@demo.example>")


def test_a_cancelled_call_sends_nothing_that_has_not_left():
    told = story()
    call = told.issued()
    send(told, call)
    told.cancel(call)
    assert states(call) == ["failed"] * 3
    assert deliveries(call)[0].failure == "The call was cancelled."


def test_a_version_that_was_replaced_before_it_left_is_not_mailed(mail_server):
    told = story(("100000.00",))
    call = told.issued()
    send(told, call)
    calls.reword_call(
        call_id=call.pk,
        purpose="Acquisition",
        purpose_detail="",
        due_date=date(2026, 4, 1),
        ctx=WriteContext(told.manager, NOW),
    )
    render_all()
    deliver_all()
    assert states(call) == ["failed", "sent"]
    assert deliveries(call)[0].failure == "A later version took its place."
    assert send(told, call) == 0
    [mail] = mail_server.messages
    assert "version 2" in mail["Subject"]


def test_asking_for_a_mail_asks_for_a_given_up_document_too():
    told = story(("100000.00",))
    call = told.issued()
    NoticeRendering.objects.update(attempts=notice_services.MOST_RENDERINGS, failure="MemoryError: ")
    assert render_all() == 0
    send(told, call)
    assert render_all() == 1


def test_without_a_broker_nothing_breaks(settings, caplog, monkeypatch):
    from kombu.exceptions import OperationalError

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(notice_services.current_app, "send_task", away)
    notice_services.wake_workers()
    assert "broker is away" in caplog.text


def test_one_letter_that_somebody_asks_for_passes_many_and_these_go_on(mail_server):
    """Whether the many are to be made or to be mailed, of one call or of another: each is mailed once in the end."""
    told = story(("100000.00",) * 9)
    first, many = told.issued("900.00"), told.issued("1800.00")
    send(told, first)
    render_all()
    deliver_all()
    items = list(many.items.order_by("commitment__reference"))
    send(told, many)
    with Relay() as relay:
        turns = iter(range(100))

        def step() -> bool:
            return work_on_next(relay=relay, at=after(minutes=2), turn=next(turns))

        # To be made: the ninth of the same call is asked for alone, after the nine.
        calls.resend_notice(
            item_id=first.items.get(commitment=items[-1].commitment).pk,
            ctx=WriteContext(told.manager, after(minutes=1)),
        )
        assert step()
        assert states(first) == ["sent"] * 10
        assert states(many) == ["queued"] * 9
        while NoticeRendering.objects.exists() or "queued" in states(many):
            assert step()
        assert not step()
        assert (states(many), len(mail_server.messages)) == (["sent"] * 9, 19)

        # To be mailed again, all of them; and one by itself, of another call, that is to be made.
        send(told, many, resend=True)
        third = told.issued("90.00")
        one = third.items.first()
        calls.send_notices(call_id=third.pk, ctx=WriteContext(told.manager, after(minutes=1)))
        wanted = [row.pk for row in deliveries(third) if row.notice.item_id != one.pk]
        NoticeDelivery.objects.filter(pk__in=wanted).update(state="failed")
        before = len(mail_server.messages)
        for _ in range(4):
            assert step()
        assert states(third).count("sent") == 1
        assert states(many).count("sent") == 9 + 2, "the turns between are theirs"
        while step():
            pass
        assert states(many).count("sent") == 18
        assert len(mail_server.messages) == before + 10
