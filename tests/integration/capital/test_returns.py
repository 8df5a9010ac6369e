"""Unapplied cash that goes back: the letter of the partner whose it was, and the next one once that is taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from banking.services.settling import name_holder
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, NotFound
from capital.models import ReceiptCapital
from capital.services.returns import return_receipt, send_return_notice, take_back_return
from funds.models import Notice, NoticeDelivery
from funds.queries.letter_states import with_letter_states
from funds.services.letters import compose
from funds.services.rendering import letter_html, render_next
from tests.factories import ContactFactory, MembershipFactory, UserFactory
from tests.integration.capital.story import NOW, TODAY, Story
from tests.support.api import Api, token_of
from tests.support.invariants import violations
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
_KIND = Notice.Kind.CASH_RETURN


@pytest.fixture
def story():
    made = Story()
    for number, partner in enumerate(made.partners):
        ContactFactory(investor=partner.investor, email=f"lp{number}@example.com")
    return made


def give_back(story, receipt, amount, to=0, by=None, reason="Paid twice"):
    partner = None if to is None else story.partners[to].investor_id
    ctx = WriteContext(by or story.manager, NOW)
    return return_receipt(
        receipt_id=receipt.pk, amount=amount, value_date=TODAY, reason=reason, investor_id=partner, ctx=ctx
    )


def send(story, returned, by=None, **more):
    return send_return_notice(return_id=returned.pk, ctx=WriteContext(by or story.manager, NOW), **more)


def take_back(story, returned, by=None, day=TODAY):
    ctx = WriteContext(by or story.manager, NOW)
    return take_back_return(return_id=returned.pk, value_date=day, reason="It bounced", ctx=ctx)


def letters():
    return list(with_letter_states(Notice.objects.filter(kind=_KIND)).order_by("version"))


def overpaid(story, too_much="50.25"):
    """The first partner pays its item and more; the rest waits on the receipt."""
    item = story.issued().items.order_by("pk").first()
    receipt = story.receive(item.amount + Decimal(too_much), tx_ref="TX-7")
    story.apply(receipt, (item.pk, item.amount))
    return receipt


def test_the_partner_reads_how_what_it_gets_back_was_worked_out(story):
    returned = give_back(story, overpaid(story), "50.25")
    (letter,) = letters()
    assert letter.number == f"{story.fund.code}-RM1-{story.partners[0].reference}"
    assert letter.facts["working"] == {
        "received": "60050.25",
        "applied": [{"number": 1, "amount": "60000.00"}],
        "before": None,
        "left": "0.00",
    }
    said = letter_html(letter)
    assert "$50.25" in said
    assert "TX-7" in said
    assert "Paid twice" in said
    assert not any(one.investor.name in said for one in story.partners[1:])
    assert (send(story, returned), send(story, returned), send(story, returned, resend=True)) == (1, 0, 0)
    while render_next(at=NOW):
        pass
    message = compose(NoticeDelivery.objects.select_related("notice__document", "notice__fund").get())
    assert message.to == ["lp0@example.com"]
    assert "50.25" not in message.subject + message.body
    assert violations() == []


def test_once_it_is_taken_back_who_got_the_letter_gets_the_next_and_the_cash_waits_again(story):
    receipt = story.receive("80.00")
    first, unsent = give_back(story, receipt, "50.00"), give_back(story, receipt, "20.00", to=1)
    send(story, first)
    NoticeDelivery.objects.update(state="sent", sent_at=NOW)
    for one in (first, unsent):
        take_back(story, one)
    old, new = (one for one in letters() if one.item_id == first.pk)
    assert (old.letter_state, new.letter_state, new.cancellation) == ("cancelled", "cancelled", True)
    assert "It bounced" in letter_html(new)
    assert "holds the money for you again" in letter_html(new)
    assert [one.version for one in letters() if one.item_id == unsent.pk] == [1]
    assert send(story, unsent) == 0
    assert ReceiptCapital.objects.get(pk=receipt.pk).unapplied == 80
    with pytest.raises(Conflict):
        take_back(story, first)
    again = give_back(story, receipt, "80.00")
    assert again.cancelled_at is None
    assert Notice.objects.get(item_id=again.pk, kind=_KIND).number != old.number
    assert violations() == []


def test_whose_money_it_is_not_gets_no_letter(story):
    receipt = overpaid(story)
    with pytest.raises(Conflict) as refused:
        give_back(story, receipt, "50.25", to=1)
    assert refused.value.code == "return.of_another"
    with pytest.raises(NotFound):
        give_back(Story(), receipt, "50.25")
    returned = give_back(story, receipt, "50.25", to=None)
    assert letters() == []
    with pytest.raises(Conflict):
        send(story, returned)


def test_of_a_wire_of_several_each_reads_its_own_part_alone(story):
    first, second, _ = story.issued().items.order_by("pk")
    receipt = story.receive("90050.00")
    story.apply(receipt, (first.pk, first.amount), (second.pk, second.amount))
    give_back(story, receipt, "50.00")
    assert letters()[0].facts["working"] is None
    assert "90,050" not in letter_html(letters()[0])


def test_an_analyst_looks_and_a_stranger_does_not_even_know(story, client):
    analyst, stranger = UserFactory(), UserFactory()
    MembershipFactory(fund=story.fund, user=analyst, role="analyst")
    receipt = story.receive("80.00")
    returned = give_back(story, receipt, "50.00")
    for by, refused in ((analyst, Forbidden), (stranger, NotFound)):
        for deed in (
            lambda by=by: give_back(story, receipt, "1.00", by=by),
            lambda by=by: send(story, returned, by=by),
            lambda by=by: take_back(story, returned, by=by),
        ):
            with pytest.raises(refused):
                deed()
    page = reverse("capital:cash_return", args=[returned.pk])
    for by, answer in ((analyst, 200), (stranger, 404)):
        client.force_login(by)
        assert client.get(page).status_code == answer


def test_without_a_contact_it_is_said_and_a_domain_that_passes_for_another_stops_it(story):
    returned = give_back(story, story.receive("80.00"), "50.00", to=2)
    contact = story.partners[2].investor.contacts.get()
    type(contact).objects.filter(pk=contact.pk).update(email="lp2@еxample.com")
    with pytest.raises(Conflict) as refused:
        send(story, returned)
    assert refused.value.code == "check.contact_homograph"


@pytest.mark.parametrize(
    ("currency", "amount", "printed"), [("JPY", "5000", "¥5,000"), ("KWD", "5.125", "5.125")]
)
def test_it_speaks_each_currency_and_script(currency, amount, printed):
    story = Story(currency=currency, committed=("600000", "300000"))
    investor = story.partners[0].investor
    type(investor).objects.filter(pk=investor.pk).update(name="กองทุนบำเหน็จบำนาญ")
    give_back(story, story.receive(amount), amount)
    said = letter_html(letters()[0])
    assert printed in said
    assert "กองทุนบำเหน็จบำนาญ" in said


def test_a_manager_reads_the_letter_before_anything_is_written(story, client):
    receipt = overpaid(story)
    client.force_login(story.manager)
    page = reverse("capital:receipt_return", args=[receipt.pk])
    form = client.get(page).context["form"]
    assert form.initial["investor_id"] == story.partners[0].investor_id
    entered = {"amount": "50.25", "value_date": date.today(), "reason": "Paid twice"}
    entered |= {"investor_id": story.partners[0].investor_id}
    draft = client.post(reverse("capital:return_preview", args=[receipt.pk]), entered)
    assert (draft.status_code, draft.headers["Content-Type"]) == (200, "application/pdf")
    assert letters() == []
    for wrong in ({"investor_id": ""}, {"amount": "50.26"}, {"reason": ""}):
        refused = client.post(reverse("capital:return_preview", args=[receipt.pk]), entered | wrong)
        assert refused.status_code in (409, 422)
    written = client.post(page, entered, follow=True)
    assert "Send notice" in text_of(written)
    returned = receipt.returns.get()
    sent = client.post(reverse("capital:return_send_notice", args=[returned.pk]), follow=True)
    assert "queued for mailing" in text_of(sent)
    back = {"value_date": date.today(), "reason": "The wire bounced"}
    taken = client.post(reverse("capital:return_take_back", args=[returned.pk]), back, follow=True)
    assert "taken back" in text_of(taken)
    again = client.post(reverse("capital:return_take_back", args=[returned.pk]), back)
    assert again.status_code == 409


def test_what_is_held_for_a_partner_goes_back_to_it_alone(story):
    receipt = story.receive("80.00")
    held = {"receipt_id": receipt.pk, "ctx": WriteContext(story.manager, NOW)}
    name_holder(commitment_id=story.partners[1].pk, **held)
    with pytest.raises(Conflict) as refused:
        give_back(story, receipt, "50.00")
    assert refused.value.code == "return.of_another"
    returned = give_back(story, receipt, "50.00", to=None)
    assert returned.commitment_id == story.partners[1].pk
    with pytest.raises(Conflict), transaction.atomic():
        name_holder(commitment_id=story.partners[0].pk, **held)
    take_back(story, returned)
    assert name_holder(commitment_id=story.partners[0].pk, **held).version == 2
    assert violations() == []


def test_the_partner_reads_and_acknowledges_it_and_no_other_one_does(story, client):
    own, other = UserFactory(), UserFactory()
    for partner, person in zip(story.partners, (own, other), strict=False):
        ContactFactory(investor=partner.investor, user=person)
    returned = give_back(story, story.receive("80.00"), "50.00")
    send(story, returned)
    while render_next(at=NOW):
        pass
    public_id = letters()[0].public_id
    page, pdf, received = (
        reverse(f"portal:{name}", args=[public_id]) for name in ("document", "document_pdf", "acknowledge")
    )
    client.force_login(other)
    assert {client.get(page).status_code, client.get(pdf).status_code, client.post(received).status_code} == {
        404
    }
    client.force_login(own)
    shown = text_of(client.get(page))
    assert "Returned to you" in shown
    assert "$50.00" in shown
    assert "Paid twice" in shown
    assert client.get(pdf).status_code == 200
    assert "Your acknowledgement is noted" in text_of(client.post(received, follow=True))
    assert Api(token_of(own)).read("/portal/letters")["total"] == 1
    take_back(story, returned)
    while render_next(at=NOW):
        pass
    client.force_login(own)
    again = text_of(client.get(page))
    assert "the fund holds the money for you again" in again
    newest = letters()[-1].public_id
    assert client.post(reverse("portal:acknowledge", args=[newest]), follow=True).status_code == 409
