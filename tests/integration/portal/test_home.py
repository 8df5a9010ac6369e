"""An investor's home: what is due, how to pay it, every commitment by currency, and why figures differ."""

from decimal import Decimal

import pytest
from django.urls import reverse

from capital.services.plans import LinePlan
from funds.models import Notice
from tests.agreement.reading import page_figures
from tests.factories import BankDetailsFactory, CommitmentFactory, ContactFactory, UserFactory, admit, rename
from tests.integration.capital.story import Story
from tests.integration.capital.test_residuals import settle, short_by
from tests.integration.notices.letters import render_all, send
from tests.support.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]

FEES = [LinePlan("management_fee", Decimal("5000.00"), reduces_unfunded=False)]


def contact_of(*partners):
    """Somebody who signs in for the investor of these commitments, the first one's."""
    return ContactFactory(investor=partners[0].investor, user=UserFactory()).user


def sent(story, call):
    """The call, with its letters sent and made."""
    send(story, call)
    render_all()
    return call


def with_bank(story):
    """The fund of the story with a telephone and an account that was verified."""
    admit("ir@granite.example")
    rename(story.fund, contact_email="ir@granite.example", contact_phone="+1 617 555 0142")
    BankDetailsFactory(fund=story.fund, bank_address="1 Main Street, Boston")
    return story


def test_one_payment_is_due_and_its_card_stands_at_once_on_each_page_about_it(client):
    story = with_bank(Story(currency="KWD", committed=("600000", "400000")))
    rename(story.fund, time_zone="Pacific/Auckland")
    call = sent(story, story.issued("1000.005"))
    item = call.items.get(commitment=story.partners[0])
    client.force_login(contact_of(story.partners[0]))
    letter = Notice.objects.get(item_id=item.pk)
    home = text_of(client.get("/portal/"))
    assert "KWD 600.003 is due" in home
    for address in (
        "/portal/",
        reverse("portal:call", args=[item.public_id]),
        reverse("portal:document", args=[letter.public_id]),
    ):
        page = text_of(client.get(address))
        for words in (
            "How to pay",
            "Kuwaiti dinars (KWD)",
            "CC1-0001",
            "1 Main Street, Boston",
            "All paid by you, the sender (OUR)",
            "Our bank details never change by e-mail",
            "Our number is +1 617 555 0142",
        ):
            assert words in page, (address, words)
        assert 'data-copied="600.003"' in client.get(address).content.decode()


def test_several_payments_are_counted_and_each_leads_to_its_card(client):
    story, other = Story(), Story(currency="JPY", committed=("9000000",))
    CommitmentFactory(fund=other.fund, investor=story.partners[0].investor, amount=Decimal(1000))
    for told in (story, other):
        told.issued("1000")
    client.force_login(contact_of(story.partners[0]))
    home = text_of(client.get("/portal/"))
    assert "¥0" not in home.split("Your commitments")[0]
    assert "$600.00 is due" in home
    story.issued("500.00")
    home = text_of(client.get("/portal/"))
    assert "$900.00 is due" in home
    assert "2 payments, the first by Mar 15, 2026" in home
    assert "How to pay" not in home


def test_without_a_verified_account_nobody_is_told_to_pay(client):
    story = Story()
    rename(story.fund, contact_phone="+1 617 555 0142")
    sent_without = story.issued("1000.00")
    send(story, sent_without, confirmed=True)
    render_all()
    client.force_login(contact_of(story.partners[0]))
    home = text_of(client.get("/portal/"))
    assert "Do not pay yet" in home
    assert "Our number is +1 617 555 0142" in home
    assert "Reference to quote" not in home


def test_what_was_carried_is_paid_with_the_call_it_is_due_with(client):
    story, _, first, item = short_by("100000", "15", "25", currency="JPY")
    BankDetailsFactory(fund=story.fund)
    settle(story, item, "carried")
    client.force_login(contact_of(item.commitment))
    assert "Nothing is due" in text_of(client.get("/portal/")), "it waits for a next call"
    own = reverse("portal:call", args=[item.public_id])
    assert "With your next call" in text_of(client.get(own))
    second = sent(story, story.issued("1000", lines=[LinePlan("other", Decimal(1000))]))
    part = second.items.get(commitment=item.commitment)
    owed = f"¥{part.amount + 15:,.0f}"
    for address in ("/portal/", reverse("portal:call", args=[part.public_id])):
        page = text_of(client.get(address))
        assert f"Amount {owed} of which ¥15 is carried from call {first.number}" in page
        assert "CC2-" in page
    assert f"{owed} is due" in text_of(client.get("/portal/"))
    page = text_of(client.get(own))
    assert "Reference to quote" not in page
    assert "What is left is due with a later call" in page
    story.pay_item(part, part.amount)
    assert "Amount ¥15 of which ¥15 is carried" in text_of(client.get("/portal/"))


def test_commitments_are_added_up_within_a_currency_and_their_differences_are_explained(client):
    story, second, third = Story(), Story(), Story(currency="JPY", committed=("9000000",))
    investor = story.partners[0].investor
    more = CommitmentFactory(fund=second.fund, investor=investor, amount=Decimal("50000.00"))
    CommitmentFactory(fund=third.fund, investor=investor, amount=Decimal(70000))
    story.issued("10000.00")
    second.issued("5000.00", lines=FEES)
    client.force_login(contact_of(story.partners[0]))
    answer = client.get("/portal/")
    figures = [one for one in page_figures(answer.content.decode()) if one.place == "Your commitments"]
    shown = {(one.row, one.column): one.text for one in figures}
    assert shown["All in USD", "Committed"] == "$650,000.00"
    assert ("All in JPY", "Committed") not in shown, "one commitment is its own sum"
    outside = more.call_items.get().amount
    assert shown["All in USD", "Called"] == f"${6000 + outside:,.2f}"
    explained = (
        f"Unfunded is ${outside:,.2f} more than uncalled: ${outside:,.2f} was called outside your commitment"
    )
    assert explained in text_of(answer)
    assert text_of(answer).count(" more than ") == 1


def test_a_letter_may_be_framed_by_its_own_page_and_by_nobody_elses(client):
    story = with_bank(Story())
    call = sent(story, story.issued("1000.00"))
    letter = Notice.objects.get(subject_id=call.pk, commitment=story.partners[0])
    client.force_login(contact_of(story.partners[0]))
    pdf = reverse("portal:document_pdf", args=[letter.public_id])
    page = client.get(reverse("portal:document", args=[letter.public_id]))
    assert f'<iframe class="letter-frame" src="{pdf}#' in page.content.decode()
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    answer = client.get(pdf)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    for rule in ("frame-ancestors 'self'", "object-src 'none'", "script-src 'self'"):
        assert rule in answer["Content-Security-Policy"]
    refused = client.get(reverse("portal:document_pdf", args=[call.public_id]))
    assert refused.status_code == 404
    assert refused["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]


def test_each_fund_says_once_whom_to_ask(client):
    story = Story()
    admit("ir@larkspur.example")
    rename(story.fund, contact_name="Maya Fields", contact_email="ir@larkspur.example")
    person = contact_of(story.partners[0])
    client.force_login(person)
    assert text_of(client.get("/portal/")).count("Maya Fields") == 1
