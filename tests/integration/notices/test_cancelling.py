"""Whoever got a letter gets the next one, and nothing that was cancelled is acknowledged."""

from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict
from blackgem.lib.invariants import sweep
from capital.models import CapitalCallItem
from capital.services import calls
from distributions.services import distributions
from funds.models import InvestorContact, Notice, NoticeDelivery, NoticeDocument
from funds.queries.letter_states import copy_of, with_letter_states
from funds.services import rendering
from portal.services.readings import acknowledge_notice
from tests.factories import ContactFactory, UserFactory
from tests.integration.distributions.story import AT_EXIT, ExitStory
from tests.support.quick_letters import small_pdf
from tests.support.staging import staged

from .letters import NOW, deliver_all, notices, render_all, send, states, story, text_of

pytestmark = pytest.mark.django_db


@staged
def told():
    return story()


def part_of(letter):
    """The public id of the part of a call that a letter is about."""
    return CapitalCallItem.objects.get(pk=letter.item_id).public_id


@pytest.fixture
def investor(told):
    """Somebody of the first partner, with an account."""
    contacts = InvestorContact.objects.filter(investor=told.partners[0].investor)
    user = UserFactory(email=contacts.get().email)
    contacts.update(user=user)
    return user


def mailed(told):
    call = told.issued("100000.00")
    render_all()
    send(told, call)
    deliver_all()
    return call


def cancel(told, call):
    calls.cancel_call(call_id=call.pk, reason="The deal fell through", ctx=WriteContext(told.manager, NOW))


def test_whoever_got_the_letter_is_told_that_the_call_is_cancelled(told, mailoutbox):
    call = told.issued("100000.00")
    render_all()
    first, second, third = notices(call)
    send(told, call)
    NoticeDelivery.objects.filter(notice=first).update(state="sent", sent_at=NOW)
    NoticeDelivery.objects.filter(notice=second).update(state="unknown")
    cancel(told, call)
    assert [(one.item_id, one.version) for one in notices(call) if one.version > 1] == [
        (first.item_id, 2),
        (second.item_id, 2),
    ]
    assert NoticeDelivery.objects.get(notice=third).state == "failed"
    render_all()
    deliver_all()
    assert [mail.to for mail in mailoutbox] == [["lp1@example.com"], ["lp2@example.com"]]
    assert "do not pay" in mailoutbox[0].body
    letter = text_of(mailoutbox[0].attachments[0].content)
    assert "is cancelled" in letter
    assert "The deal fell through" in letter
    assert "Account number" not in letter


def test_a_reworded_call_reaches_whoever_got_the_first_version_or_was_about_to(told, quick):
    call = told.issued("100000.00")
    render_all()
    first, second, third = notices(call)
    send(told, call)
    NoticeDelivery.objects.filter(notice=first).update(state="sent", sent_at=NOW)
    NoticeDelivery.objects.filter(notice=third).update(state="failed")
    calls.reword_call(
        call_id=call.pk,
        purpose="Other words",
        purpose_detail="",
        due_date=call.due_date,
        ctx=WriteContext(told.manager, NOW),
    )
    queued = NoticeDelivery.objects.filter(state="queued").values_list("notice__item_id", "notice__version")
    assert sorted(queued) == [(first.item_id, 2), (second.item_id, 2)]
    assert states(call)[1] == "failed" or NoticeDelivery.objects.get(notice=second).state == "failed"


def test_every_letter_says_what_became_of_it(told, investor, client):
    call = mailed(told)
    stored = bytes(notices(call)[0].document.content)
    letters = Notice.objects.filter(subject_id=call.pk).order_by("item_id", "version")

    def states_now():
        return list(letters.values_list("call_state__state", flat=True))

    assert states_now() == ["live"] * 3
    cancel(told, call)
    assert states_now() == ["cancelled"] * 6
    render_all()
    first, cancellation = notices(call)[:2]
    item, merged = [call.pk, first.item_id], reverse("capital:call_notices", args=[call.pk])
    client.force_login(told.manager)
    assert "Cancelled" in client.get(reverse("capital:item", args=item)).content.decode()
    assert "3 cancelled" in client.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert client.get(reverse("capital:item_notice", args=item)).content == bytes(
        cancellation.document.content
    )
    assert text_of(client.get(merged).content).count("is cancelled") == 3
    client.force_login(investor)
    copy = client.get(reverse("portal:document_pdf", args=[first.public_id])).content
    pages = PdfReader(BytesIO(copy))
    assert all("CANCELLED. Please do not pay" in page.extract_text() for page in pages.pages)
    assert pages.metadata.title.startswith("CANCELLED: Capital call notice")
    assert bytes(NoticeDocument.objects.get(pk=first.pk).content) == stored


def test_a_paid_letter_and_a_replaced_one_say_so_in_every_copy(told, client):
    call = told.issued("100000.00")
    first, second, _ = call.items.order_by("pk")
    told.pay_item(first, first.amount)
    calls.reword_call(
        call_id=call.pk,
        purpose="Other words",
        purpose_detail="",
        due_date=call.due_date,
        ctx=WriteContext(told.manager, NOW),
    )
    render_all()
    client.force_login(told.manager)
    page = client.get(reverse("capital:call", args=[call.pk])).content.decode()
    assert "2 in force, 1 paid" in page
    text = text_of(client.get(reverse("capital:call_notices", args=[call.pk])).content)
    assert "PAID. Nothing of what this letter asks for is outstanding." in text
    assert "PAID" not in text_of(
        client.get(reverse("capital:item_notice", args=[call.pk, second.pk])).content
    )
    page = client.get(reverse("capital:item", args=[call.pk, second.pk])).content.decode()
    assert "Replaced by a later version" in page
    earlier = with_letter_states(Notice.objects.filter(item_id=second.pk, version=1)).get()
    assert "REPLACED. A later version" in text_of(copy_of(earlier))


def test_whoever_got_the_letter_is_told_that_the_distribution_is_cancelled(mailoutbox, client, monkeypatch):
    told, investor = ExitStory(), UserFactory()
    ContactFactory(investor=told.partners[0].investor, email="lp1@example.com", user=investor)
    one = told.issue_exit()
    with monkeypatch.context() as until_it_is_cancelled:
        until_it_is_cancelled.setattr(rendering, "make_pdf", small_pdf)
        render_all(at=AT_EXIT)
    distributions.send_notices(distribution_id=one.pk, ctx=WriteContext(told.manager, AT_EXIT))
    deliver_all(at=AT_EXIT)
    mailoutbox.clear()
    distributions.cancel_distribution(
        distribution_id=one.pk, reason="The sale was undone", ctx=WriteContext(told.manager, AT_EXIT)
    )
    render_all(at=AT_EXIT)
    deliver_all(at=AT_EXIT)
    assert [mail.to for mail in mailoutbox] == [["lp1@example.com"]]
    letter = text_of(mailoutbox[0].attachments[0].content)
    assert "The sale was undone" in letter
    assert "Nothing is paid out" in letter
    assert set(
        Notice.objects.filter(subject_id=one.pk, kind="distribution").values_list(
            "distribution_state__state", flat=True
        )
    ) == {"cancelled"}
    assert not [finding for finding in sweep() if finding.count]
    letter = Notice.objects.get(
        subject_id=one.pk, kind="distribution", commitment=told.partners[0], version=1
    )
    client.force_login(told.manager)
    shown = client.get(f"/api/distributions/{one.pk}").json()["items"]
    assert [
        [(letter["version"], letter["state"], letter["mail"]) for letter in item["notices"]] for item in shown
    ] == [[(2, "CANCELLED", "SENT"), (1, "CANCELLED", "SENT")], *[[(1, "CANCELLED", "FAILED")]] * 3]
    is_not_acknowledged(letter, investor, client)


def is_not_acknowledged(letter, investor, client):
    """Neither by the page, which says that it is cancelled, nor by the service, nor by SQL; a copy says so too."""
    client.force_login(investor)
    document = client.get(reverse("portal:document", args=[letter.public_id])).content.decode()
    assert "Cancelled" in document
    assert reverse("portal:acknowledge", args=[letter.public_id]) not in document
    assert "Cancelled" in client.get(reverse("portal:document_list")).content.decode()
    copy = PdfReader(BytesIO(client.get(reverse("portal:document_pdf", args=[letter.public_id])).content))
    assert all("CANCELLED. " in page.extract_text() for page in copy.pages)
    with pytest.raises(Conflict, match="cancelled"):
        acknowledge_notice(notice=letter.public_id, ctx=WriteContext(investor, NOW))
    with pytest.raises(DatabaseError, match="cancelled"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notice_readings (notice_id, deed, at, by_id) VALUES (%s, 'acknowledged', now(), %s)",
            [letter.pk, investor.pk],
        )


def test_a_cancelled_call_is_marked_in_the_portal_and_neither_payable_nor_acknowledged(
    told, investor, client, quick
):
    call = mailed(told)
    letter = notices(call)[0]
    cancel(told, call)
    render_all()
    client.force_login(investor)
    page = client.get(reverse("portal:call", args=[part_of(letter)])).content.decode()
    assert "This call was cancelled" in page
    assert "How to pay" not in page
    listed = client.get(reverse("portal:document_list")).content.decode()
    assert f">Cancellation of notice {letter.number}</a>, version 2" in listed
    assert f">Capital call notice {letter.number}</a><" in listed
    is_not_acknowledged(letter, investor, client)


def test_a_letter_that_nobody_sent_is_no_document_of_the_investor(told, investor, client, quick):
    call = told.issued("100000.00")
    render_all()
    letter = notices(call)[0]
    client.force_login(investor)
    assert client.get(reverse("portal:document", args=[letter.public_id])).status_code == 404
    assert client.get(reverse("portal:call", args=[part_of(letter)])).status_code == 200
    cancel(told, call)
    assert client.get(reverse("portal:call", args=[part_of(letter)])).status_code == 404
